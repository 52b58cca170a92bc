// What leaves the house for a second opinion: the words without anything that tells who somebody is. When in doubt, covered.

/** Each kind becomes a plain word in brackets, so that a reader still knows something stood there. At most so many characters, whole letters only. */
export function maskForStrangers(text: string, most = MOST): string {
  // Cut first: what is covered must not be found by trying on 64 kB.
  let masked = text
    .slice(0, most * 2)
    .toWellFormed()
    .normalize('NFKC')
    .replace(INVISIBLE, '')
  for (const [pattern, word] of COVERED) masked = masked.replace(pattern, word)
  return masked.replace(/\s+/g, ' ').trim().slice(0, most).toWellFormed()
}

const MOST = 2_000
const INVISIBLE = /\p{Cf}|(?![\n\t])\p{Cc}/gu
/** In this order: an address or link holds what would else be a number or a name. */
const COVERED: readonly (readonly [RegExp, string])[] = [
  [/[\p{L}\p{N}._%+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,5}/giu, '[e-mail]'],
  [/\b(?:https?:\/\/|www\.)\S+|\b[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,4}\.[a-z]{2,12}\/\S*/giu, '[link]'],
  [/(?<![\p{L}\p{N}])@[\p{L}\p{N}_.-]+/gu, '[name]'],
  [/\b[A-Z]{2}\p{Nd}{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\b|\b[a-z]{2}\p{Nd}{2}[a-z0-9]{11,30}\b/gu, '[bank account]'],
  [/(?:\+|(?<!\p{Nd})00|\(0)[ ()./-]{0,3}\p{Nd}(?:[ ()./-]{0,3}\p{Nd}){5,14}|(?<!\p{Nd})0\p{Nd}(?:[ ()./-]{0,2}\p{Nd}){5,12}/gu, '[phone]'],
  [/(?<!\p{Nd})\p{Nd}(?:[ \u00a0.\-–]{0,2}\p{Nd}){11,18}(?!\p{Nd})/gu, '[card]'],
  [/(?<!\p{Nd})\p{Nd}{2,4}(?:[ .-]\p{Nd}{2,4}){2,4}(?!\p{Nd})/gu, '[number]'],
  [
    /(?<=\b(?:order|booking|reference|ref|ticket|account|acct|customer|policy|invoice|parcel|tracking|bestellung|bestellnummer|pedido|commande|ordine|numero|nummer|no|nr)\b[\s#:.°º]{0,4})(?=[\p{L}-]{0,12}\p{Nd})[\p{L}\p{N}-]{2,40}/giu,
    '[number]',
  ],
  [/#?(?<![\p{L}\p{N}])(?=[\p{L}\p{N}-]{0,40}(?:\p{Nd}[\p{L}-]{0,8}){5})[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*/gu, '[number]'],
  [
    /(?<![\p{L}\p{N}])(?=\p{N}*\p{L})(?=[\p{L}-]{0,12}\p{N})[\p{L}\p{N}-]*\p{Nd}[\p{L}-]{0,4}\p{Nd}[\p{L}-]{0,4}\p{Nd}[\p{L}\p{N}-]*/gu,
    '[number]',
  ],
]
