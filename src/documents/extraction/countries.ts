/** What betrays the country a document comes from, besides VAT numbers and accounts. ISO 3166-1. */
const signs: readonly { readonly country: string; readonly sign: RegExp }[] = [
  {
    country: 'US',
    sign: /\b(?:A[LKZR]|C[AOT]|DC|DE|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])[ ,]+\d{5}(?:-\d{4})?\b|\b(?:United States|USA)\b/,
  },
  { country: 'CA', sign: /\b[ABCEGHJ-NPRSTVXY]\d[A-Z] \d[A-Z]\d\b|\b(?:HST|Canada)\b/ },
  { country: 'GB', sign: /\b(?:United Kingdom|England|Scotland|Wales)\b|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b/ },
  { country: 'IN', sign: /\b(?:GSTIN|India|Mumbai|Bengaluru|Bangalore|Maharashtra|Karnataka)\b|₹|\bRs\.? ?\d/ },
  { country: 'AU', sign: /\b(?:ABN|Australia|NSW|Queensland)\b/ },
  { country: 'NZ', sign: /\bNew Zealand\b/ },
  { country: 'CH', sign: /\b(?:Schweiz|Suisse|Svizzera|Switzerland)\b|\bCH-\d{4}\b/ },
  { country: 'IE', sign: /\bIreland\b/ },
  { country: 'DE', sign: /\b(?:Deutschland|Germany)\b|\bD-\d{5}\b/ },
  { country: 'AT', sign: /\b(?:Österreich|Austria)\b|\bA-\d{4}\b/ },
  { country: 'NL', sign: /\b(?:Nederland|Netherlands)\b|\b\d{4} [A-Z]{2} {1,2}[A-Z]\w+/ },
  { country: 'FR', sign: /\bFrance\b/ },
  { country: 'ES', sign: /\b(?:España|Spain|Madrid|Barcelona|Valencia|Sevilla)\b|\b[CN]\.?I\.?F\.?:? ?[A-Z]-?\d{8}\b/ },
  { country: 'IT', sign: /\b(?:Italia|Italy)\b|\bP\.? ?IVA\b/ },
  { country: 'PL', sign: /\b(?:Polska|Poland)\b|\bNIP\b/ },
  { country: 'SE', sign: /\b(?:Sverige|Sweden|Bankgiro|Plusgiro)\b/ },
  { country: 'DK', sign: /\b(?:Danmark|Denmark|CVR)\b/ },
  { country: 'NO', sign: /\b(?:Norge|Norway|Foretaksregisteret)\b/ },
  { country: 'BE', sign: /\b(?:België|Belgique|Belgium)\b/ },
  { country: 'PT', sign: /\b(?:Portugal|Lisboa)\b/ },
  { country: 'JP', sign: /\b(?:Japan|Tokyo|Osaka)\b|日本|円/ },
  { country: 'CN', sign: /\b(?:China|Shanghai|Shenzhen|Beijing)\b|中国/ },
  { country: 'SG', sign: /\bSingapore\b/ },
  { country: 'ZA', sign: /\bSouth Africa\b/ },
];

/** The countries that a text's addresses and national words point to; several where it names several. */
export function detectCountries(text: string): string[] {
  return signs.filter(({ sign }) => sign.test(text)).map(({ country }) => country);
}
