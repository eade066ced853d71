import { inflateRawSync } from 'node:zlib';

const centralSignature = 0x02014b50;

/**
 * Whether the entries of a zip archive with such names unpack to no more than so many bytes altogether. The sizes that an
 * archive declares are its maker's claim, so the entries are unpacked as far as the limit. What is no well-formed archive
 * is left to the reader to refuse.
 */
export function inflatesWithin(zip: Uint8Array, names: RegExp, limit: number): boolean {
  const data = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  let left = limit;
  for (const { compressed, isDeflated } of entriesOf(data, names)) {
    const size = isDeflated ? inflatedSize(compressed, left) : compressed.length;
    if (size > left) return false;
    left -= size;
  }
  return true;
}

interface Entry {
  readonly compressed: Buffer;
  readonly isDeflated: boolean;
}

/** The central directory's entries (APPNOTE 4.3.12). */
function entriesOf(data: Buffer, names: RegExp): Entry[] {
  const entries: Entry[] = [];
  const end = data.lastIndexOf(Buffer.from('PK\x05\x06'));
  if (end < 0 || end + 22 > data.length) return entries;
  let at = data.readUInt32LE(end + 16);
  while (at + 46 <= data.length && data.readUInt32LE(at) === centralSignature) {
    const nameLength = data.readUInt16LE(at + 28);
    const name = data.toString('utf8', at + 46, at + 46 + nameLength);
    const local = data.readUInt32LE(at + 42);
    if (names.test(name) && local + 30 <= data.length) {
      const start = local + 30 + data.readUInt16LE(local + 26) + data.readUInt16LE(local + 28);
      const compressed = data.subarray(start, start + data.readUInt32LE(at + 20));
      entries.push({ compressed, isDeflated: data.readUInt16LE(at + 10) === 8 });
    }
    at += 46 + nameLength + data.readUInt16LE(at + 30) + data.readUInt16LE(at + 32);
  }
  return entries;
}

function inflatedSize(compressed: Buffer, limit: number): number {
  try {
    return inflateRawSync(compressed, { maxOutputLength: Math.max(1, limit) }).length;
  } catch (error) {
    return error instanceof RangeError ? Number.POSITIVE_INFINITY : 0;
  }
}
