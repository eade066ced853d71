import { PDFDocument, type PDFFont, StandardFonts } from 'pdf-lib';

/** A line of text on an A4 page. */
export interface PlacedText {
  readonly text: string;
  /** Points from the left edge: of the text's start, or of its end where it is aligned right. */
  readonly x: number;
  /** Points from the top edge to the baseline. */
  readonly y: number;
  readonly size?: number;
  readonly bold?: boolean;
  readonly align?: 'left' | 'right';
}

export interface SampleDocument {
  readonly name: string;
  /** What a person should see happen to it. */
  readonly shows: string;
  readonly pages: readonly (readonly PlacedText[])[];
}

const a4 = { width: 595.28, height: 841.89 };
const usualSize = 9;

/** A PDF with a text layer, one list of texts a page. The same input gives the same bytes. */
export async function createPdf(pages: readonly (readonly PlacedText[])[]): Promise<Uint8Array> {
  const pdf = await PDFDocument.create({ updateMetadata: false });
  const plain = await pdf.embedFont(StandardFonts.Helvetica);
  const bold = await pdf.embedFont(StandardFonts.HelveticaBold);
  for (const texts of pages) {
    const page = pdf.addPage([a4.width, a4.height]);
    for (const placed of texts) {
      const font: PDFFont = placed.bold ? bold : plain;
      const size = placed.size ?? usualSize;
      const shift = placed.align === 'right' ? font.widthOfTextAtSize(placed.text, size) : 0;
      page.drawText(placed.text, { x: placed.x - shift, y: a4.height - placed.y, size, font });
    }
  }
  return pdf.save();
}

/** Lines under each other, `step` points apart. */
export function block(
  x: number,
  y: number,
  lines: readonly string[],
  style: Omit<PlacedText, 'text' | 'x' | 'y'> & { readonly step?: number } = {},
): PlacedText[] {
  const { step = 12, ...rest } = style;
  return lines.map((text, index) => ({ text, x, y: y + index * step, ...rest }));
}

/** One row of a table: each text at its column's place. A column with a negative place ends there. */
export function row(y: number, columns: readonly number[], texts: readonly string[], bold = false): PlacedText[] {
  return texts.flatMap((text, index) => {
    const place = columns[index] ?? 0;
    return text === ''
      ? []
      : [{ text, x: Math.abs(place), y, bold, align: place < 0 ? ('right' as const) : ('left' as const) }];
  });
}

/** Rows of a table, `step` points apart, the first one in bold. */
export function table(
  y: number,
  columns: readonly number[],
  rows: readonly (readonly string[])[],
  step = 14,
): PlacedText[] {
  return rows.flatMap((texts, index) => row(y + index * step, columns, texts, index === 0));
}
