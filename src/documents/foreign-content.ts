/** Formats worth naming in a refusal; file-type knows more, but calls scripts and markup plain text or nothing at all. */
const signatures: readonly { readonly magic: string; readonly is: string }[] = [
  { magic: '\x7fELF', is: 'a Linux executable (ELF)' },
  { magic: 'MZ', is: 'a Windows executable (MZ)' },
  { magic: '\xcf\xfa\xed\xfe', is: 'a macOS executable (Mach-O)' },
  { magic: '\xce\xfa\xed\xfe', is: 'a macOS executable (Mach-O)' },
  { magic: '\xca\xfe\xba\xbe', is: 'a Java class or macOS universal binary' },
  { magic: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', is: 'an old Office file (OLE compound document, such as .doc or .xls)' },
  { magic: '#!', is: 'a script (it starts with #!)' },
  { magic: '<?php', is: 'a PHP script' },
  { magic: '<?xml', is: 'an XML file' },
  { magic: '%!PS', is: 'a PostScript file' },
  { magic: '{\\rtf', is: 'a rich text file (RTF)' },
];

const markup = /^\s*<(?:!doctype\s+html|html|script|svg)\b/i;

/** What a file that is none of the supported kinds is by its first bytes; undefined where they speak for no format named here. */
export function describeForeignContent(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 512)).toString('latin1');
  const start = head.replace(/^\xef\xbb\xbf/, '').trimStart();
  const known = signatures.find(({ magic }) => head.startsWith(magic) || start.startsWith(magic));
  // Two letters prove nothing by themselves: a text may begin with "MZ"; an executable has a zero byte soon after.
  if (known && (known.magic !== 'MZ' || head.includes('\0'))) return known.is;
  return markup.test(start) ? 'an HTML page or script' : undefined;
}
