import type { ClaimStore } from '../saga/operate.ts';

export interface InMemoryClaims extends ClaimStore {
  /** By SHA-256. */
  readonly texts: Map<string, string>;
}

export function createInMemoryClaims(): InMemoryClaims {
  const texts = new Map<string, string>();
  return {
    texts,
    async put(sha256, text) {
      texts.set(sha256, text);
    },
    async get(sha256) {
      return texts.get(sha256);
    },
  };
}
