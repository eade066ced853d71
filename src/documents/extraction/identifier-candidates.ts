import type { DocumentView, ViewCell } from './document-view.ts';
import type { Candidate, Cue } from './score.ts';

/** National formats of VAT numbers in the EU, Great Britain, Switzerland and Norway, spaces and points allowed. */
const vatFormats =
  /\b(?:ATU ?\d{8}|BE ?[01]?\d{3}[ .]?\d{3}[ .]?\d{3}|BG ?\d{9,10}|CHE[- ]?\d{3}[ .]?\d{3}[ .]?\d{3}|CY ?\d{8}[A-Z]|CZ ?\d{8,10}|DE ?\d{3} ?\d{3} ?\d{3}|DK ?\d{2} ?\d{2} ?\d{2} ?\d{2}|EE ?\d{9}|EL ?\d{9}|ES ?[A-Z0-9] ?\d{7}[A-Z0-9]|EU ?\d{9}|FI ?\d{8}|FR ?[A-Z0-9]{2} ?\d{3} ?\d{3} ?\d{3}|GB ?\d{3} ?\d{4} ?\d{2}(?: ?\d{3})?|HR ?\d{11}|HU ?\d{8}|IE ?\d[A-Z0-9+*]\d{5}[A-Z]{1,2}|IT ?\d{11}|LT ?(?:\d{12}|\d{9})|LU ?\d{8}|LV ?\d{11}|MT ?\d{8}|NL ?\d{3}[ .]?\d{3}[ .]?\d{3}[ .]?B[ .]?\d{2}|NO ?\d{9} ?MVA|PL ?\d{10}|PT ?\d{9}|RO ?\d{2,10}|SE ?\d{12}|SI ?\d{8}|SK ?\d{10})\b/g;

const vatLabel = /\b(?:vat|ust|umsatzsteuer|uid|btw|tva|iva|moms|mwst|gst|tax|dph|nip|n\.?i\.?f|c\.?i\.?f)/;
/** "Your VAT number" is the customer's. */
const ofCustomer = /\b(?:your|customer|client|buyer|ihre|kunden|uw|klant|votre|vos|su|sua|vostra|cliente|er|kundens)\b/;

export function vatIdCandidates(view: DocumentView, customerCells: ReadonlySet<ViewCell>): Candidate<string>[] {
  return view.rows.flatMap((row) =>
    row.cells
      .filter((cell) => !customerCells.has(cell))
      .flatMap((cell) =>
        [...cell.text.matchAll(vatFormats)].flatMap((match): Candidate<string>[] => {
          const words = `${row.cells[cell.index - 1]?.folded ?? ''} ${cell.folded.slice(0, match.index)}`;
          const cues: Cue[] = ['known-format', ...(vatLabel.test(words) ? (['label'] as const) : [])];
          return ofCustomer.test(words) ? [] : [{ value: match[0].replace(/[ .-]/g, ''), cues }];
        }),
      ),
  );
}

export function ibanCandidates(view: DocumentView): Candidate<string>[] {
  return view.rows.flatMap((row) =>
    row.cells.flatMap((cell) =>
      [...cell.text.matchAll(/\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b/g)].flatMap(
        (match): Candidate<string>[] => {
          const value = longestIban(match[0].replaceAll(' ', ''));
          const words = `${row.cells[cell.index - 1]?.folded ?? ''} ${cell.folded.slice(0, match.index)}`;
          return value
            ? [{ value, cues: ['check-digits', ...(words.includes('iban') ? (['label'] as const) : [])] }]
            : [];
        },
      ),
    ),
  );
}

/** The text behind an IBAN may look like more of it: the longest part whose check digits hold is the number. */
function longestIban(text: string): string | undefined {
  for (let length = Math.min(34, text.length); length >= 15; length -= 1) {
    if (isIban(text.slice(0, length))) return text.slice(0, length);
  }
  return undefined;
}

/** ISO 7064 mod 97-10. */
function isIban(text: string): boolean {
  const rearranged = text.slice(4) + text.slice(0, 4);
  let remainder = 0;
  for (const character of rearranged) remainder = Number(`${remainder}${Number.parseInt(character, 36)}`) % 97;
  return remainder === 1;
}
