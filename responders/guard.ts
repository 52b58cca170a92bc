// Reads a draft before it leaves: what must not be said in public stops it, what should be looked at is shown.
import type { Category, Visibility } from '../domain.ts'
import { findCards, type Span } from '../triage/cards.ts'

export interface Finding {
  kind: 'card' | 'password' | 'national_id' | 'iban' | 'email' | 'phone' | 'links' | 'questions' | 'sentences' | 'tone'
  /** Plain words for a rep. */
  because: string
  /** UTF-16 offsets into the draft; null: the text as a whole. */
  span: Span | null
}
export interface Guarded {
  /** Stop the send. */
  blocks: Finding[]
  /** Only shown. */
  warnings: Finding[]
}
export interface GuardQuestion {
  text: string
  /** `internal`: a note. */
  visibility: Visibility | 'internal'
  /** Addresses and numbers of the brand's own that may be said: `care@brand.example`. */
  allowed?: readonly string[]
  /** What the ticket is about: a complaint wants thanks and an apology. */
  category?: Category
}

export function guard(question: GuardQuestion): Guarded {
  const { text, visibility } = question
  const secrets = findSecrets(text)
  const style = visibility === 'internal' ? [] : [...findExcess(text, visibility), ...findTone(text, question.category)]
  return visibility === 'public'
    ? { blocks: secrets, warnings: [...findContacts(text, question.allowed ?? []), ...style] }
    : { blocks: [], warnings: [...secrets, ...style] }
}

/** What must never be public: cards, passwords, national ids, bank accounts. */
export function findSecrets(text: string): Finding[] {
  return [
    ...findCards(text).map((span): Finding => ({ kind: 'card', because: 'This looks like a payment card number.', span })),
    ...spansOf(text, PASSWORD).map((span): Finding => ({ kind: 'password', because: 'This looks like a password or a PIN.', span })),
    ...NATIONAL_IDS.flatMap(({ name, shape, isValid }) =>
      spansOf(text, shape)
        .filter(span => isValid(text.slice(...span)))
        .map((span): Finding => ({ kind: 'national_id', because: `This looks like a ${name}.`, span })),
    ),
    ...spansOf(text, IBAN)
      .map(span => trimIban(text, span))
      .filter(span => span !== null)
      .map((span): Finding => ({ kind: 'iban', because: 'This looks like a bank account number (IBAN).', span })),
  ]
}

/** E-mail addresses and telephone numbers, whoever's they are. */
export function findContacts(text: string, allowed: readonly string[]): Finding[] {
  const mail = spansOf(text, EMAIL).filter(span => !allowed.some(one => one.toLowerCase() === text.slice(...span).toLowerCase()))
  const numbers = allowed.map(digitsOf).filter(digits => digits.length > 5)
  const phones = spansOf(text, PHONE).filter(span => isPhone(text.slice(...span)) && !numbers.includes(digitsOf(text.slice(...span))))
  return [
    ...mail.map((span): Finding => ({ kind: 'email', because: 'An e-mail address in public: is it meant for everybody?', span })),
    ...phones.map((span): Finding => ({ kind: 'phone', because: 'A telephone number in public: is it meant for everybody?', span })),
  ]
}

/** Do not overwhelm: two links, two questions, three sentences. */
function findExcess(text: string, visibility: Visibility): Finding[] {
  const links = text.match(LINK)?.length ?? 0
  const questions = text.replace(LINK, '').match(/\?+/g)?.length ?? 0
  const findings: Finding[] = []
  if (links > 2) findings.push({ kind: 'links', because: `${links} links: people follow one.`, span: null })
  if (questions > 2)
    findings.push({ kind: 'questions', because: `${questions} questions at once: ask the first, or write privately.`, span: null })
  const sentences = countSentences(text)
  if (visibility === 'public' && sentences > 3)
    findings.push({ kind: 'sentences', because: `${sentences} sentences in public: say the first three, the rest privately.`, span: null })
  return findings
}

function countSentences(text: string): number {
  return text
    .replace(LINK, 'link')
    .split(/[.!?…。！？]+(?=\s|$)|\n+/)
    .filter(part => /\p{L}{2}/u.test(part)).length
}

function findTone(text: string, category: Category | undefined): Finding[] {
  const findings = TONE.flatMap(({ shape, because }) => spansOf(text, shape).map((span): Finding => ({ kind: 'tone', because, span })))
  if (category !== 'complaint' || text.trim() === '') return findings
  const missing = COMPLAINT.filter(({ shape }) => !shape.test(text)).map(({ what }) => what)
  // Known only for the languages these words are in; another language is not blamed for lacking English.
  if (missing.length && COMMON_WORDS.test(text)) findings.push({ kind: 'tone', because: `A complaint: ${missing.join(', ')}.`, span: null })
  return findings
}

const spansOf = (text: string, shape: RegExp): Span[] =>
  [...text.matchAll(shape)].map(match => [match.index, match.index + match[0].length])
const digitsOf = (text: string) => text.replace(/\D/g, '')

/** 7 to 15 digits, and written like a telephone number: a + or a 0 in front, brackets, or groups. */
function isPhone(text: string): boolean {
  const digits = digitsOf(text)
  if (digits.length < 7 || digits.length > 15) return false
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) return false
  return /^\s*(\+|\(?0|\()/.test(text) || /^\d{3}[ .-]\d{3}[ .-]\d{4}$/.test(text.trim())
}

/** The longest beginning of a match that is a valid IBAN; the shape may have swallowed the next words. */
function trimIban(text: string, [start, end]: Span): Span | null {
  for (let to = end; to > start + 14; to--) {
    const iban = text.slice(start, to).replace(/[ -]/g, '')
    if (/[A-Za-z0-9]$/.test(text.slice(start, to)) && iban.length <= 34 && iban.length >= 15 && isIban(iban.toUpperCase()))
      return [start, to]
  }
  return null
}

function isIban(iban: string): boolean {
  let rest = 0
  for (const letter of iban.slice(4) + iban.slice(0, 4)) {
    const value = /\d/.test(letter) ? letter : String(letter.charCodeAt(0) - 55)
    for (const digit of value) rest = (rest * 10 + Number(digit)) % 97
  }
  return rest === 1
}

function isSpanishId(text: string): boolean {
  const id = text.toUpperCase().replace(/[\s-]/g, '')
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(id.slice(0, -1).replace('X', '0').replace('Y', '1').replace('Z', '2')) % 23] === id.at(-1)
}

function isCpf(text: string): boolean {
  const digits = digitsOf(text)
  if (/^(\d)\1*$/.test(digits)) return false
  const check = (length: number) => {
    let sum = 0
    for (let i = 0; i < length; i++) sum += Number(digits[i]) * (length + 1 - i)
    return ((sum * 10) % 11) % 10
  }
  return check(9) === Number(digits[9]) && check(10) === Number(digits[10])
}

function isFrenchNir(text: string): boolean {
  const digits = text.replace(/\s/g, '')
  return 97 - Number(BigInt(digits.slice(0, 13)) % 97n) === Number(digits.slice(13))
}

const LINK = /\bhttps?:\/\/\S+|\bwww\.\S+/gi
const EMAIL = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}/gu
const PHONE = /(?<![\w/.:=#-])(?:\+|\()?\d(?:[\d ().\u00a0/-]{5,20})\d(?![\w/])/g
const IBAN = /\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}\b/gi
/** A secret after its name: something with a digit or a sign in it, or anything after a colon. "Your password is required" is neither. */
const PASSWORD =
  /(?<!\p{L})(?:pass(?:word|code|phrase)|passwort|kennwort|contraseña|clave|mot de passe|senha|parola|pwd|pin(?: code)?)(?!\p{L})\s*(?:(?:is|ist|lautet|es|est|é|è)\s*:?|[:=])\s*["'“«]?(?!https?:)(?=\S*[\d!#$%&*@^_~+])[^\s"'”»]{4,}/giu
const NATIONAL_IDS: { name: string; shape: RegExp; isValid: (text: string) => boolean }[] = [
  { name: 'US social security number', shape: /(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])/g, isValid: () => true },
  {
    name: 'UK national insurance number',
    shape: /\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b/gi,
    isValid: () => true,
  },
  { name: 'Spanish DNI or NIE', shape: /\b(?:\d{8}|[XYZ]\d{7})[ -]?[A-Z]\b/gi, isValid: isSpanishId },
  { name: 'Italian codice fiscale', shape: /\b[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]\b/gi, isValid: () => true },
  { name: 'Brazilian CPF', shape: /(?<!\d)\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)/g, isValid: isCpf },
  {
    name: 'French social security number',
    shape: /(?<!\d)[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2}(?!\d)/g,
    isValid: isFrenchNir,
  },
]
const TONE: { shape: RegExp; because: string }[] = [
  {
    shape: /\bas (?:we|i) (?:have |already )*said\b|\bas (?:previously|already) (?:stated|mentioned)\b/gi,
    because: 'It sounds like a reproach: say it once more, kindly.',
  },
  { shape: /\byou should(?:n['’]t)? have\b/gi, because: 'It blames the customer: say what can be done now.' },
  { shape: /\b(?:our|company) polic(?:y|ies)\b/gi, because: 'A policy is our reason, not theirs: say what we can do.' },
  { shape: /\bunfortunately\b|\bleider\b|\blamentablemente\b/gi, because: 'Say what is possible first.' },
  { shape: /\bcalm down\b/gi, because: 'Nobody was ever calmed by this.' },
]
const COMPLAINT: { what: string; shape: RegExp }[] = [
  { what: 'thank them for telling us', shape: /\bthank|\bthanks\b|\bappreciate|\bdanke|\bgracias/i },
  {
    what: 'name what went wrong',
    shape:
      /\b(?:understand|see|hear|know|frustrat\w*|upset\w*|disappoint\w*|happened|trouble|issue|problem|delay\w*|late|wrong|experience|verstehen|entiendo|entendemos)\b/i,
  },
  {
    what: 'apologise',
    shape: /\bsorry\b|\bapolog|\bentschuldig|\btut (?:mir|uns) leid|\bleid\b|\bperdón|\blament|\bdisculp|\bsiento\b|\bsentimos\b/i,
  },
]
const COMMON_WORDS = /\b(?:the|you|your|we|to|is|und|der|die|wir|sie|ihr|ist|el|la|que|usted|por|para)\b/i
