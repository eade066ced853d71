import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';

/** An Ed25519 signature (RFC 8032) of a head: of the ASCII text of its hash. */
export const signatureSchema = z.strictObject({
  algorithm: z.literal('Ed25519'),
  /** SHA-256 of the public key's SPKI DER. */
  keyId: z.string(),
  /** Base64. */
  value: z.string(),
});
export type Signature = z.infer<typeof signatureSchema>;

export type Sign = (hash: string) => Signature;

/**
 * @param pem a private Ed25519 key, PKCS#8; line breaks may be written as `\n`, as settings often need
 * @throws Error that says what is wrong with the key, and never its text
 */
export function createSigner(pem: string): Sign {
  const key = readKey(
    pem,
    createPrivateKey,
    'a private Ed25519 key in PEM (PKCS#8), as `openssl genpkey -algorithm ed25519` makes it',
  );
  const keyId = keyIdOf(createPublicKey(key));
  return (hash) => ({
    algorithm: 'Ed25519',
    keyId,
    value: sign(null, Buffer.from(hash, 'ascii'), key).toString('base64'),
  });
}

export interface Verifier {
  readonly keyId: string;
  isValid(hash: string, signature: Signature): boolean;
}

/** @throws Error that says what is wrong with the key */
export function createVerifier(pem: string): Verifier {
  const wanted = 'a public Ed25519 key in PEM (SPKI), as `openssl pkey -pubout` makes it';
  // Node would take the public one out of it, and a private key has no business where trails are verified.
  if (pem.includes('PRIVATE KEY'))
    throw new Error(`the key is a private one, which only the app may have: give ${wanted}`);
  const key = readKey(pem, createPublicKey, wanted);
  return {
    keyId: keyIdOf(key),
    isValid: (hash, { value }) => verify(null, Buffer.from(hash, 'ascii'), key, Buffer.from(value, 'base64')),
  };
}

function readKey(pem: string, read: (pem: string) => KeyObject, wanted: string): KeyObject {
  let key: KeyObject;
  try {
    key = read(pem.replaceAll('\\n', '\n'));
  } catch (error) {
    throw new Error(
      `the key cannot be read (${error instanceof Error ? error.message : String(error)}): give ${wanted}`,
      {
        cause: error,
      },
    );
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new Error(`the key is of type ${key.asymmetricKeyType ?? key.type}: give ${wanted}`);
}

const keyIdOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
