import { describe, expect, test } from 'vitest';
import { sniffDocument } from '../../src/documents/sniff-document.ts';
import { docx, jpeg, lockedPdf, onePagePdf, png, zip } from './sample-files.ts';

const bytes = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding);
const pdf = await onePagePdf();
const locked = await lockedPdf();
const withoutEnd = (whole: Uint8Array, missing: number) => whole.subarray(0, whole.length - missing);

describe('what a file is', () => {
  test.each([
    ['pdf', pdf],
    ['pdf', Buffer.concat([bytes('junk before the header\n'), pdf])],
    ['docx', docx(['Hello'])],
    ['png', png],
    ['jpeg', jpeg],
    ['text', bytes('Rechnung über 5 €')],
    ['text', bytes('Rechnung über 5', 'latin1')],
    ['text', Buffer.concat([Buffer.from([0xff, 0xfe]), bytes('Rechnung', 'utf16le')])],
    ['text', bytes('MZ is how this note begins')],
  ])('%s is told by its bytes, not by its name', async (kind, content) => {
    expect(await sniffDocument(content, 'setup.exe', 'application/octet-stream')).toMatchObject({ ok: true, kind });
  });
});

describe('what is refused', () => {
  const elf = Buffer.concat([bytes('\x7fELF\x02\x01\x01', 'latin1'), Buffer.alloc(64)]);
  const exe = Buffer.concat([bytes('MZ\x90\x00\x03\x00\x00\x00', 'latin1'), Buffer.alloc(256)]);

  test.each([
    ['empty', Buffer.alloc(0), 'has no content'],
    ['empty', bytes(' \n\t '), 'only white space'],
    ['truncated', withoutEnd(pdf, 40), 'PDF without its trailer'],
    ['truncated', withoutEnd(png, 8), 'PNG image without its IEND'],
    ['truncated', withoutEnd(jpeg, 2), 'JPEG image without its end-of-image'],
    ['truncated', withoutEnd(docx(['Hello']), 60), 'without its central directory'],
    ['encrypted', locked, 'remove its password'],
    ['unsupported', elf, 'Linux executable (ELF)'],
    ['unsupported', exe, 'Windows executable (MZ)'],
    ['unsupported', bytes('#!/bin/sh\nrm -r things\n'), 'script'],
    ['unsupported', bytes('<!DOCTYPE html><html></html>'), 'HTML'],
    ['unsupported', bytes('{\\rtf1 hello}'), 'RTF'],
    ['unsupported', zip({ 'a.txt': 'a' }), 'zip archive'],
    ['unsupported', Buffer.from('GIF89a\x01\x00\x01\x00\x00\x00\x00;', 'latin1'), 'image/gif'],
    ['unsupported', Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]), 'binary data'],
  ])('%s, with the name and what to do', async (code, content, sentence) => {
    const sniffed = await sniffDocument(content, 'invoice.pdf', 'application/pdf');
    expect(sniffed).toMatchObject({ ok: false, code });
    const message = sniffed.ok ? '' : sniffed.message;
    expect(message).toContain(sentence);
    expect(message).toContain('invoice.pdf (declared as application/pdf)');
    expect(message).toMatch(/send|remove/);
  });
});
