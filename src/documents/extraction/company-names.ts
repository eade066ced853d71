/** Legal forms as companies print them behind their name. Case matters: "as", "se" and "co" are words as well. */
const legalForms = [
  'GmbH(?: & Co\\.? ?(?:KG|OHG))?',
  'gGmbH|mbH|AG(?: & Co\\.? ?KG)?|KGaA|KG|OHG|GbR|UG(?: ?\\(haftungsbeschränkt\\))?|e\\. ?K\\.|e\\.V\\.|eG|SE',
  'B\\.? ?V\\.?|N\\.V\\.|NV|V\\.?O\\.?F\\.?|BVBA|CVBA',
  '(?:Pvt\\.?|Private|Pty\\.?|Pte\\.?|Co\\.,?) ?(?:Ltd\\.?|Limited)|Ltd\\.?|Limited|LTD\\.?|LIMITED|PLC|plc|LLP|L\\.?L\\.?C\\.?|LP|Inc\\.?|INC\\.?|Incorporated|Corp\\.?|CORP\\.?|Corporation|Company',
  'S\\.?A\\.?R\\.?L\\.?|S\\.à ?r\\.l\\.?|Sàrl|SARL|SASU|S\\.?A\\.?S\\.?|EURL|SNC|SCOP|S\\.A\\.U\\.?|S\\.A\\.?(?: de C\\.?V\\.?)?|SA',
  'S\\.?L\\.?U?\\.?|S\\.r\\.l\\.?s?|S\\.R\\.L\\.|SRL|Srl|S\\.p\\.A\\.?|S\\.P\\.A\\.|SpA|Lda\\.?|Ltda\\.?',
  'A\\/S|ApS|ASA|AS|AB|Oyj?|Sp\\. ?z ?o\\. ?o\\.?|sp\\. ?z ?o\\.o\\.|s\\. ?r\\. ?o\\.|a\\. ?s\\.|Kft\\.?|Zrt\\.?|d\\.o\\.o\\.|K\\.K\\.|EOOD|OOD',
].join('|');

const legalForm = new RegExp(`(?<=[\\p{L}\\d.)&'"],? )(?:${legalForms})(?![\\p{L}\\d])`, 'gu');

/** What stands between the parts of a sender line, or between a company and its address. */
export const partSeparator =
  / [-–—|•·*/] |\s*[|•·]\s*|, (?!(?:Inc|INC|LLC|L\.L\.C|Ltd|LTD|Limited|S\.|SA|Corp|Co\b|a\.))|; /;

const connector = /^(?:&|\+|and|und|et|e|y|en|de|du|des|di|da|del|della|of|the|für|for|van|the|og|och|i|la|le)$/;
const longestName = 8;
/** Words that stand before a name without being part of it. */
const lead = /^(?:Tax Invoice|Invoice|Rechnung|Facture|Factuur|Seller|Vendor|Firma|Société|Copyright|©|\(c\))\s+/i;

export interface CompanyName {
  readonly name: string;
  readonly start: number;
}

/** Names that end in a legal form: back from the form over words written as names are. */
export function findCompanyNames(text: string): CompanyName[] {
  const names: CompanyName[] = [];
  for (const match of text.matchAll(legalForm)) {
    const end = match.index + match[0].length;
    const before =
      text
        .slice(0, match.index)
        .replace(/[, ]+$/, '')
        .split(partSeparator)
        .at(-1) ?? '';
    const words = before.trim().split(' ');
    let first = words.length;
    while (first > 0 && words.length - first < longestName && isNameWord(words[first - 1] ?? '')) first -= 1;
    while (first < words.length && connector.test(words[first] ?? '')) first += 1;
    const stem = words.slice(first).join(' ').replace(lead, '');
    if (stem === '' || !/\p{L}{2}/u.test(stem)) continue;
    const start = text.lastIndexOf(stem, match.index);
    const name = text.slice(start, end).trim();
    const previous = names.at(-1);
    // "GmbH & Co. KG" and "Pvt. Ltd." hold two forms: the longer name counts.
    if (previous?.start === start) names.pop();
    names.push({ name, start });
  }
  return names;
}

function isNameWord(word: string): boolean {
  return connector.test(word) || (/[\p{Lu}\d]/u.test(word) && !/[:;!?]$/.test(word) && !/\d{5,}/.test(word));
}

const legalFormAtEnd = new RegExp(`[ ,]+(?:${legalForms})$`, 'u');

/** The name as compared, so that a mention without the legal form counts as the same: no legal form, case, accents or punctuation. */
export function compactName(name: string): string {
  return name
    .replace(legalFormAtEnd, '')
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^\p{Ll}\p{Lo}\d]/gu, '');
}

const publicMail =
  /^(?:gmail|googlemail|outlook|hotmail|live|yahoo|icloud|gmx|web|t-online|aol|orange|wanadoo|laposte|ziggo|kpnmail|libero|proton|protonmail)$/;
const domain =
  /(?:@|www\.|https?:\/\/|(?<![\w.@-]))((?:[a-z0-9-]+\.)+(?:com|net|org|eu|io|co|de|at|ch|nl|be|lu|fr|es|it|pt|uk|ie|us|ca|in|au|nz|se|no|dk|fi|pl|cz|hu|ro|app|dev|cloud|shop|info|biz))(?![\w-])/g;

/** The registered names ("acme" of shop.acme.co.uk) of the web and mail addresses in a folded text. */
export function findDomainNames(folded: string): string[] {
  const names = [...folded.matchAll(domain)].flatMap((match) => {
    const labels = (match[1] ?? '').split('.');
    const suffix = /^(?:co|com|org|net|ac|gov)$/.test(labels.at(-2) ?? '') && labels.length > 2 ? 2 : 1;
    const name = labels.at(-1 - suffix) ?? '';
    return name.length >= 3 && !publicMail.test(name) ? [name.replaceAll('-', '')] : [];
  });
  return [...new Set(names)];
}

export function isNameOfDomain(compact: string, domainName: string): boolean {
  if (compact.length < 3) return false;
  return (
    compact === domainName ||
    (domainName.length >= 4 && compact.includes(domainName)) ||
    (compact.length >= 4 && domainName.startsWith(compact))
  );
}
