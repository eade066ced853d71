/**
 * Decodes UTF-8, UTF-16 with a byte order mark, or else Windows-1252 (whose printable part includes Latin-1's).
 * Undefined where the bytes are no text: malformed, or with control characters.
 */
export function decodeText(bytes: Uint8Array): string | undefined {
  const text = decodeUtf16(bytes) ?? decode('utf-8', bytes) ?? decodeWindows1252(bytes);
  return text === undefined || hasControlCharacter(text) ? undefined : text;
}

function decodeUtf16(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decode('utf-16le', bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decode('utf-16be', bytes);
  return undefined;
}

/** Nearly every byte string is some Windows-1252 text; one written by people is mostly ASCII. */
function decodeWindows1252(bytes: Uint8Array): string | undefined {
  const beyondAscii = bytes.reduce((count, byte) => count + (byte >= 0x80 ? 1 : 0), 0);
  return beyondAscii > bytes.length * 0.3 ? undefined : decode('windows-1252', bytes);
}

function decode(encoding: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** C0 without tab, line feed, form feed and carriage return; DEL; C1, where the unassigned bytes of Windows-1252 end up. */
function hasControlCharacter(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const isLayout = code === 0x09 || code === 0x0a || code === 0x0c || code === 0x0d;
    if ((code < 0x20 && !isLayout) || (code >= 0x7f && code < 0xa0)) return true;
  }
  return false;
}
