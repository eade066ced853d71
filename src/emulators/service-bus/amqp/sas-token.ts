import { createHmac, timingSafeEqual } from 'node:crypto';
import { BrokerError } from '../broker-error.ts';

export interface AccessKey {
  readonly name: string;
  readonly value: string;
}

export interface Claim {
  /** Lower-case path of the entity the token is for; the empty path is the whole namespace. */
  readonly path: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

const refuse = (reason: string) => new BrokerError('unauthorized', `${reason} Check the connection string.`);

function pathOf(audience: string): string {
  const url = URL.parse(audience);
  if (url === null) throw refuse(`The token's audience "${audience}" is not a URL.`);
  return decodeURIComponent(url.pathname)
    .toLowerCase()
    .replace(/^\/+|\/+$/gu, '');
}

/**
 * Checks a shared access signature ("Service Bus access control with shared access signatures").
 *
 * @throws BrokerError `unauthorized`.
 */
export function verifySasToken(token: string, key: AccessKey, now: number): Claim {
  const [scheme, query = ''] = token.split(' ', 2);
  const fields = new URLSearchParams(query);
  const [resource, signature, expiry] = [fields.get('sr'), fields.get('sig'), fields.get('se')];
  if (scheme !== 'SharedAccessSignature' || resource === null || signature === null || expiry === null) {
    throw refuse('The token is not a shared access signature.');
  }
  if (fields.get('skn') !== key.name) throw refuse(`The key name "${fields.get('skn')}" is unknown.`);
  const signed = `${encodeURIComponent(resource)}\n${expiry}`;
  const expected = createHmac('sha256', key.value).update(signed).digest();
  const given = Buffer.from(signature, 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw refuse('The token has an invalid signature.');
  }
  const expiresAt = Number(expiry) * 1000;
  if (!(expiresAt > now)) throw refuse('The token has expired.');
  return { path: pathOf(resource), expiresAt };
}

/** A claim covers its path and everything below it. */
export const isCovered = (path: string, claims: Iterable<Claim>, now: number): boolean =>
  [...claims].some((claim) => {
    const isBelow = claim.path === '' || path === claim.path || path.startsWith(`${claim.path}/`);
    return isBelow && claim.expiresAt > now;
  });
