/** Whether a file reaches its own end: the end marks of each format, walked rather than searched where a search could be fooled. */

const pdfTailWindow = 2048;

export function isCompletePdf(bytes: Uint8Array): boolean {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] ?? 0) <= 0x20) end -= 1;
  const tail = Buffer.from(bytes.subarray(Math.max(0, end - pdfTailWindow), end)).toString('latin1');
  return tail.includes('startxref') && tail.includes('%%EOF');
}

/** Chunks of length, type, data, CRC up to IEND (PNG specification, 5.3). */
export function isCompletePng(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 8;
  while (at + 12 <= bytes.length) {
    const next = at + 12 + view.getUint32(at);
    if (view.getUint32(at + 4) === 0x49454e44) return next <= bytes.length;
    at = next;
  }
  return false;
}

/** Segments up to EOI (ITU T.81, B.1). Walked, since a thumbnail in the header has an EOI of its own. */
export function isCompleteJpeg(bytes: Uint8Array): boolean {
  let at = 2;
  while (at + 1 < bytes.length) {
    if (bytes[at] !== 0xff) return false;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xd9) return true;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const standsAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
    at += standsAlone ? 2 : 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
    if (marker === 0xda) at = endOfScan(bytes, at);
  }
  return false;
}

function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    const isData = next === 0x00 || next === 0xff || (next >= 0xd0 && next <= 0xd7);
    if (!isData) return at;
  }
  return bytes.length;
}

/** The end-of-central-directory record, at most 22 + 65,535 bytes from the end (APPNOTE, 4.3.16). */
export function isCompleteZip(bytes: Uint8Array): boolean {
  const tail = Buffer.from(bytes.subarray(Math.max(0, bytes.length - 65_557)));
  return tail.includes(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
}
