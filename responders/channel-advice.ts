// Public or private? A suggestion with its reason, never a decision.
import type { Category, Visibility } from '../domain.ts'
import { findContacts, findSecrets } from './guard.ts'

export interface ChannelAdvice {
  suggests: Visibility
  because: string
}
export interface ChannelQuestion {
  category: Category
  /** What the customer wrote, newest last. */
  inbound: readonly string[]
  draft: string
  /** Public answers of ours on this ticket so far. */
  ourPublicAnswers: number
  /** The customer wrote again after the last of them. */
  wroteAgain: boolean
  mayPublic: boolean
  mayPrivate: boolean
}

/** Never suggests a telephone or e-mail: most conversations end at such a switch. Null: there is no choice. */
export function adviseChannel(question: ChannelQuestion): ChannelAdvice | null {
  if (!question.mayPrivate || !question.mayPublic) return null
  const because = whyPrivate(question)
  return because
    ? { suggests: 'private', because }
    : { suggests: 'public', because: 'It can be answered in one public comment, where others with the same question see it.' }
}

function whyPrivate({ category, inbound, draft, ourPublicAnswers, wroteAgain }: ChannelQuestion): string | null {
  if (findSecrets(draft).length || findContacts(draft, []).length) return 'The draft contains personal data.'
  if (ASKS_DATA.test(draft)) return 'The draft asks for personal data.'
  if (inbound.some(text => findSecrets(text).length > 0 || findContacts(text, []).length > 0)) return 'The customer wrote personal data.'
  if (inbound.some(text => OWN_DATA.test(text))) return 'It is about the customer’s own account, order or card.'
  if (category === 'account_question') return 'It is a question about their account.'
  if (ourPublicAnswers >= 2 && wroteAgain) return 'We answered twice in public and they wrote again: it goes back and forth.'
  if ((draft.replace(/https?:\/\/\S+/g, '').match(/\?+/g)?.length ?? 0) >= 2)
    return 'The draft asks more than one question: it will go back and forth.'
  return null
}

const DATA =
  'e-?mail(?: address)?|phone(?: number)?|telephone|password|account(?: number)?|order (?:number|id|no)|booking(?: number| reference)?|card(?: number| details)?|date of birth|' +
  'telefonnummer|e-mail-adresse|passwort|kontonummer|bestellnummer|kundennummer|kartennummer|' +
  'teléfono|correo|contraseña|número de (?:cuenta|pedido|tarjeta)'
/** A request for it: "your order number", "DM us your e-mail", "deine Bestellnummer". */
const ASKS_DATA = new RegExp(`(?<!\\p{L})(?:your|ihre?|deine?|tu|su|the)\\s+(?:\\p{L}+\\s+){0,2}(?:${DATA})(?!\\p{L})`, 'iu')
/** Theirs: "my account", "mein Konto", an order's number. */
const OWN_DATA =
  /(?<!\p{L})(?:my|our)\s+(?:\p{L}+\s+)?(?:account|order (?:number|id|no)|card|password|e-?mail|phone number|booking)(?!\p{L})|(?<!\p{L})(?:mein|meine|meinem|meiner)\s+(?:konto|passwort|kreditkarte|bestellnummer|karte)(?!\p{L})|(?<!\p{L})mi\s+(?:cuenta|contraseña|tarjeta|número de pedido)(?!\p{L})|\border\s*(?:number|no\.?|id|#)\s*[:#]?\s*\d/iu
