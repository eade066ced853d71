/**
 * Lower case without accents, character for character: positions in the folded text are positions in the original, and
 * one spelling in the tables ("fallig", "montant a regler") covers every way it is printed.
 */
export function fold(text: string): string {
  return Array.from({ length: text.length }, (_, at) => foldCharacter(text.charAt(at))).join('');
}

function foldCharacter(character: string): string {
  if (character === '\n') return character;
  if (/\s/.test(character)) return ' ';
  const base = character.normalize('NFD').charAt(0).toLowerCase();
  // Some letters grow when lower-cased, and some have no base letter to fall back on.
  return letters[character] ?? (base.length === 1 ? base : character);
}

const letters: Readonly<Record<string, string>> = {
  ß: 's',
  ø: 'o',
  Ø: 'o',
  ł: 'l',
  Ł: 'l',
  º: 'o',
  '’': "'",
  '–': '-',
  '—': '-',
  '−': '-',
};
