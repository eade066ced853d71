import { describe, expect, test, vi } from 'vitest';
import { PDFDocument } from 'pdf-lib';
import { layoutFromText, renderLayout } from '../../src/documents/layout.ts';
import { readText } from '../../src/documents/read-text.ts';
import { block, createPdf, table } from '../../src/local/sample-page.ts';
import { docx, lockedPdf, onePagePdf, png } from './sample-files.ts';

const limits = { pages: 3, characters: 1000 };

describe('a PDF', () => {
  test('keeps its columns in the text', async () => {
    const pdf = await createPdf([
      table(
        60,
        [50, -300, -400],
        [
          ['Item', 'Qty', 'Amount'],
          ['Paper', '2', '10.00'],
        ],
      ),
    ]);
    const { text, layout } = await readText('pdf', pdf);
    expect(layout.pages[0]?.rows.map(({ cells }) => cells.map((cell) => cell.text))).toEqual([
      ['Item', 'Qty', 'Amount'],
      ['Paper', '2', '10.00'],
    ]);
    expect(text.split('\n')[1]).toMatch(/^ *Paper {2,}2 {2,}10\.00$/);
  });

  test('reads words that are drawn in pieces as one', async () => {
    const pdf = await createPdf([
      [
        { text: 'Invoice', x: 50, y: 50 },
        { text: 'number', x: 83, y: 50.5 },
      ],
    ]);
    expect((await readText('pdf', pdf)).text.trim()).toBe('Invoice number');
  });

  test('separates its pages', async () => {
    const pdf = await createPdf([[{ text: 'one', x: 50, y: 50 }], [{ text: 'two', x: 50, y: 50 }]]);
    const { text, pages } = await readText('pdf', pdf);
    expect(pages).toBe(2);
    expect(text.split('\f').map((page) => page.trim())).toEqual(['one', 'two']);
  });

  test('without a text layer is reported as a scan', async () => {
    await expect(readText('pdf', await createPdf([[]]))).rejects.toMatchObject({ code: 'no_text' });
  });

  test('that needs a password is reported as encrypted', async () => {
    await expect(readText('pdf', await lockedPdf())).rejects.toMatchObject({ code: 'encrypted' });
  });

  test('that is no PDF inside is reported as damaged, quietly', async () => {
    const said = [vi.spyOn(console, 'log'), vi.spyOn(console, 'warn'), vi.spyOn(console, 'error')];
    await expect(readText('pdf', Buffer.from('%PDF-1.7\nnothing\nstartxref\n0\n%%EOF'))).rejects.toMatchObject({
      code: 'damaged',
    });
    for (const spy of said) expect(spy).not.toHaveBeenCalled();
  });

  test('with too many pages or characters is refused with the limit', async () => {
    const pages = await PDFDocument.create();
    for (let page = 0; page < 4; page += 1) pages.addPage();
    await expect(readText('pdf', await pages.save(), limits)).rejects.toThrow('4 pages, more than the 3 allowed');
    const long = await createPdf([
      block(
        50,
        50,
        Array.from({ length: 30 }, () => 'forty characters of text on every line..'),
      ),
    ]);
    await expect(readText('pdf', long, limits)).rejects.toMatchObject({
      code: 'too_large',
    });
  });

  test('stops being read when the caller gives up', async () => {
    const signal = AbortSignal.abort(new Error('given up'));
    await expect(readText('pdf', await onePagePdf(), { ...limits, signal })).rejects.toThrow('given up');
  });
});

describe('other kinds', () => {
  test('a DOCX gives a line for a paragraph and for a row of a table', async () => {
    const { text } = await readText(
      'docx',
      docx(
        ['Caf&amp;#233; &lt;one&gt;', 'Total'],
        [
          ['Item', 'Amount'],
          ['Tea', '3.00'],
        ],
      ),
    );
    expect(text.trim().split('\n')).toEqual(['Caf&#233; <one>', 'Total', 'Item\tAmount', 'Tea\t3.00']);
  });

  test('a DOCX that unpacks to far more than its size is refused before it is unpacked', async () => {
    const bomb = docx([' '.repeat(1_000_000)]);
    expect(bomb.length).toBeLessThan(10_000);
    await expect(readText('docx', bomb, limits)).rejects.toMatchObject({ code: 'too_large' });
  });

  test('a DOCX that is none is reported as damaged', async () => {
    await expect(readText('docx', Buffer.from('PK'))).rejects.toMatchObject({ code: 'damaged' });
  });

  test('a text is decoded', async () => {
    expect((await readText('text', Buffer.from('für 5', 'latin1'))).text).toBe('für 5');
    await expect(readText('text', Buffer.from([0, 1, 2]))).rejects.toMatchObject({ code: 'damaged' });
  });

  test('an image has no text', async () => {
    await expect(readText('png', png)).rejects.toMatchObject({ code: 'no_text' });
  });
});

test('a layout written as text is read back with the same cells', () => {
  const text = 'Item        Qty   Amount\n\nPaper, A4     2    10.00\f  Page two';
  const layout = layoutFromText(text);
  const cells = (of: typeof layout) =>
    of.pages.map((page) => page.rows.map((row) => row.cells.map((cell) => cell.text)));
  expect(cells(layoutFromText(renderLayout(layout)))).toEqual(cells(layout));
});
