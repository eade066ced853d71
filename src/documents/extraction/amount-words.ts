/** An adjustment (a discount, shipping) stands between net and total without being tax. */
export type AmountRole = 'net' | 'tax' | 'total' | 'adjustment';

/** What the words beside an amount say it is, and whether they leave little doubt. */
export interface AmountMeaning {
  readonly role: AmountRole;
  readonly isWeak: boolean;
}

const word = (alternatives: string) => new RegExp(`(?<![a-z0-9])(?:${alternatives})(?![a-z])`);

const tax =
  'vat|tax|taxes|gst|igst|cgst|sgst|hst|pst|sales tax|mwst\\.?|m\\.?w\\.?st\\.?|ust\\.?|umsatzsteuer|mehrwertsteuer|steuer|steuerbetrag|t\\.?v\\.?a\\.?|b\\.?t\\.?w\\.?|btw-bedrag|omzetbelasting|i\\.?v\\.?a\\.?|imposta|impuesto|impuestos|igic|moms|mva|dph|pdv|afa|alv|taxe|taxes';
const without =
  'excl\\.?|excluding|exclusive|exclusief|exkl\\.?|ex|ohne|hors|sin|before|zonder|avant|senza|net of|without|esclusa';
const including =
  'incl\\.?|inclusive|including|inclusief|inkl\\.?|inklusive|incluido|incluida|inclus|comprise?|compresa|compreso|with|mit|con|avec|inc\\.?';

const words = {
  tax: word(tax),
  withoutTax: word(`(?:${without}) (?:\\d+(?:[.,]\\d+)? ?% ?)?(?:of |de |any )?(?:${tax})`),
  withTax: word(`(?:${including}) (?:\\d+(?:[.,]\\d+)? ?% ?)?(?:${tax})`),
  subtotal: word('sub ?-?totals?|subtotaal|zwischensumme|sous ?-?total|subtotale|delsum|mezisoucet'),
  net: word(
    'untaxed|net|netto|nettobetrag|nettosumme|nettowert|warenwert|h\\.?t\\.?|hors taxes?|taxable|grondslag|base imponible|base|bases?|imponibile|bemessungsgrundlage|excl\\.?|exkl\\.?|exclusief|valor neto|neto|steuerpflichtig(?:er betrag)?|nettoverdi|zaklad dane|bez dph|goods total',
  ),
  gross: word(
    'gross|brutto|bruttobetrag|bruttosumme|t\\.?t\\.?c\\.?|incl\\.?|inkl\\.?|inclusief|toutes taxes comprises|iva incluido|iva inclusa',
  ),
  total: word(
    '[a-z]*total|totals|totaal|totaalbedrag|totale|gesamt|gesamtbetrag|gesamtsumme|summe|totalt|summa|razem|celkem|yhteensa|osszesen|totalbelopp|totalbelop|montant total|importe total|i alt|suma|gesamtpreis',
  ),
  due: word(
    'amount due|balance due|total due|amount payable|due|to pay|please pay|pay|payable|charged|grand total|invoice (?:total|amount)|total amount|amount charged|rechnungsbetrag|rechnungssumme|endbetrag|endsumme|zahlbetrag|zu zahlen(?:der betrag)?|zahlender betrag|gesamtbetrag|factuur ?bedrag|factuur totaal|te betalen|te voldoen|openstaand|net a payer|a payer|a regler|montant (?:du|total)|total general|total a pagar|importe a pagar|importe total|totale (?:fattura|documento|da pagare)|da pagare|netto a pagare|att betala|a betale|do zaplaty|k uhrade|maksettava|fizetendo|belopp att betala',
  ),
  adjustment: word(
    'discounts?|rabatt|nachlass|remise|korting|descuento|sconto|shipping(?: (?:and|&) handling)?|delivery|versand(?:kosten)?|verzendkosten|frais de (?:port|livraison)|livraison|porto|freight|postage|handling|gastos de envio|spese di spedizione|surcharge|zuschlag|round(?:ing)?(?: off)?|frakt',
  ),
  /** A page's sum taken to the next page. */
  carried: word(
    'carried (?:forward|over)|brought forward|c/f|b/f|ubertrag|a reporter|report|riporto|suma (?:y sigue|anterior)|transport(?:eren)?',
  ),
  other: word(
    'paid|deposit|credits?|skonto|previous|carried forward|ubertrag|bezahlt|betaald|anzahlung|acompte|gutschrift|change|cash|tendered|visa|mastercard|unit price|einzelpreis|price|vk-preis|saldo vorher|last (?:bill|invoice)|quantity|limit|fee|mahngebuhr|capital|stammkapital|kapital|savings?|you save',
  ),
  identity: word(`(?:${tax}|ust)[ -]*(?:id|nr|no|number|nummer|reg|registration|ident|intracom)[a-z]*`),
};

const sum = /amount|betrag|montant|bedrag|prijs|price|preis|importe|importo/;

/**
 * Reads composed labels ("Gesamtbetrag inkl. 19 % MwSt", "Total HT", "BTW bedrag") by the words in them, so that the
 * tables need no row for every phrase in every language.
 */
export function amountMeaning(folded: string): AmountMeaning | undefined {
  if (words.identity.test(folded) || isCarriedForward(folded)) return undefined;
  const isTotal = words.total.test(folded);
  const isDue = words.due.test(folded);
  if (words.subtotal.test(folded))
    return { role: 'net', isWeak: !words.withoutTax.test(folded) && !words.net.test(folded) };
  if (words.withoutTax.test(folded)) return { role: 'net', isWeak: false };
  if (words.withTax.test(folded))
    return {
      role:
        isTotal || isDue || words.gross.test(folded.replace(words.withTax, '')) || sum.test(folded) ? 'total' : 'tax',
      isWeak: false,
    };
  // "Net à payer" is what is due, "Gesamtbetrag netto" is not.
  if (isDue) return { role: words.net.test(folded.replace(words.due, '')) ? 'net' : 'total', isWeak: false };
  if (words.other.test(folded)) return undefined;
  if (words.adjustment.test(folded)) return { role: 'adjustment', isWeak: false };
  if (words.gross.test(folded)) return { role: 'total', isWeak: false };
  if (words.net.test(folded)) return { role: 'net', isWeak: false };
  if (words.tax.test(folded)) return { role: 'tax', isWeak: false };
  return isTotal ? { role: 'total', isWeak: true } : undefined;
}

export function isCarriedForward(folded: string): boolean {
  return words.carried.test(folded) && folded.length < 40;
}

/** Whether words announce a sum; discounts and shipping may be lines among others. */
export function isSum(folded: string): boolean {
  const role = amountMeaning(folded)?.role;
  return role !== undefined && role !== 'adjustment';
}
