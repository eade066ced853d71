import type { Json } from './json.ts';

const c1 = 0x87c37b91114253d5n;
const c2 = 0x4cf5ad432745937fn;

const word = (value: bigint) => BigInt.asUintN(64, value);
const rotate = (value: bigint, by: bigint) => word((value << by) | (value >> (64n - by)));
const mixFirst = (k: bigint) => word(rotate(word(k * c1), 31n) * c2);
const mixSecond = (k: bigint) => word(rotate(word(k * c2), 33n) * c1);

function finish(hash: bigint): bigint {
  let k = word((hash ^ (hash >> 33n)) * 0xff51afd7ed558ccdn);
  k = word((k ^ (k >> 33n)) * 0xc4ceb9fe1a85ec53n);
  return k ^ (k >> 33n);
}

/** MurmurHash3, x64, 128 bit, seed 0 (Austin Appleby, public domain): both halves. */
function computeMurmurHash(bytes: Buffer): [bigint, bigint] {
  let [h1, h2] = [0n, 0n];
  const whole = bytes.length - (bytes.length % 16);
  for (let offset = 0; offset < whole; offset += 16) {
    h1 ^= mixFirst(bytes.readBigUInt64LE(offset));
    h1 = word(word(rotate(h1, 27n) + h2) * 5n + 0x52dce729n);
    h2 ^= mixSecond(bytes.readBigUInt64LE(offset + 8));
    h2 = word(word(rotate(h2, 31n) + h1) * 5n + 0x38495ab5n);
  }
  const tail = Buffer.alloc(16);
  bytes.copy(tail, 0, whole);
  h2 ^= mixSecond(tail.readBigUInt64LE(8)) ^ BigInt(bytes.length);
  h1 ^= mixFirst(tail.readBigUInt64LE(0)) ^ BigInt(bytes.length);
  h1 = word(h1 + h2);
  h2 = word(h2 + h1);
  h1 = finish(h1);
  h2 = finish(h2);
  h1 = word(h1 + h2);
  return [h1, word(h2 + h1)];
}

/** The bytes that are hashed for one part of a key: a type marker, then the value. */
function encode(value: Json): Buffer {
  if (typeof value === 'string') return Buffer.concat([Buffer.of(0x08), Buffer.from(value), Buffer.of(0xff)]);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(9, 0x05);
    bytes.writeDoubleLE(value, 1);
    return bytes;
  }
  if (typeof value === 'boolean') return Buffer.of(value ? 0x03 : 0x02);
  return Buffer.of(value === null ? 0x01 : 0x00);
}

/** The range of hashes ends where the two highest bits would be set. */
function hashPart(value: Json): string {
  const bytes = Buffer.alloc(16);
  const [h1, h2] = computeMurmurHash(encode(value));
  bytes.writeBigUInt64BE(h2, 0);
  bytes.writeBigUInt64BE(h1, 8);
  bytes.writeUInt8(bytes.readUInt8(0) & 0x3f, 0);
  return bytes.toString('hex').toUpperCase();
}

/** Where a hierarchical key stands in the range "" to "FF", as the client computes it for a key's prefix. */
export const computeEffectivePartitionKey = (values: readonly Json[]): string => values.map(hashPart).join('');
