const commonWords = {
  en: 'the and of for invoice date number due amount payment total your please terms customer order description quantity price bill',
  de: 'der die das und fur rechnung rechnungsnummer datum betrag bitte mwst kunde menge beschreibung zahlung gesamt netto summe ihre wir tage bezeichnung',
  nl: 'de het een en van voor factuur factuurnummer factuurdatum bedrag btw klant omschrijving aantal totaal prijs betaling wij uw dagen te',
  fr: 'le la les des du et pour facture numero montant tva client designation quantite prix total paiement echeance votre nous vous date jours',
  es: 'el la los las de y para factura numero fecha importe iva cliente descripcion cantidad precio total pago vencimiento su',
  it: 'il lo gli di e per fattura numero data importo iva cliente descrizione quantita prezzo totale pagamento scadenza vostro',
  pt: 'o os as de e para fatura numero valor iva cliente descricao quantidade preco total pagamento vencimento seu',
  sv: 'och att for faktura fakturanummer fakturadatum moms belopp kund antal pris summa betala forfallodatum er',
  da: 'og til af faktura fakturanummer dato moms belob kunde antal pris beskrivelse betaling betales',
  no: 'og til av faktura fakturanummer fakturadato mva belop kunde antall pris beskrivelse betaling forfallsdato',
  pl: 'i do z faktura numer data kwota vat sprzedawca nabywca nazwa ilosc cena razem zaplaty termin platnosci',
  cs: 'a na faktura cislo datum castka dph dodavatel odberatel mnozstvi cena celkem splatnosti',
} as const;

export type Language = keyof typeof commonWords;

const languagesByWord = new Map<string, Language[]>();
for (const [language, words] of Object.entries(commonWords)) {
  for (const word of words.split(' '))
    languagesByWord.set(word, [...(languagesByWord.get(word) ?? []), language as Language]);
}

/** Fewer words than this say nothing about the language. */
const enough = 3;

/** The language that most of a folded text's common words belong to; undefined where none stands out. */
export function detectLanguage(folded: string): Language | undefined {
  const counts = new Map<Language, number>();
  for (const [word] of folded.matchAll(/[a-z]+/g)) {
    const languages = languagesByWord.get(word) ?? [];
    // A word of one language alone says more than one that several share.
    for (const language of languages) counts.set(language, (counts.get(language) ?? 0) + 1 / languages.length);
  }
  const [first, second] = [...counts].sort((a, b) => b[1] - a[1]);
  return first && first[1] >= enough && first[1] > 1.2 * (second?.[1] ?? 0) ? first[0] : undefined;
}
