// Moving a conversation to private messages: the private answer and a public pointer to it, from one form.
import type { ReplyRole, TicketStatus, Visibility } from '../domain.ts'
import { unsign } from './signature.ts'

export interface Part {
  /** The form's field these words came from. */
  field: 'text' | 'pointerText'
  text: string
  visibility: Visibility
  role: ReplyRole
  /** Null: this part changes no status. */
  afterSending: TicketStatus | null
}

/**
 * What one form sends. With pointer words: the private answer first, and the pointer only once that is out.
 * Where nothing private can be sent, the page offers the pointer alone (role `handoff`, in public).
 */
export function partsOf(form: {
  text: string
  visibility: Visibility
  role: ReplyRole
  afterSending: TicketStatus
  pointerText?: string | undefined
}): Part[] {
  const { text, visibility, role, afterSending } = form
  const pointer = form.pointerText?.trim() ? form.pointerText : undefined
  if (pointer === undefined || visibility === 'public') return [{ field: 'text', text, visibility, role, afterSending }]
  return [
    { field: 'text', text, visibility: 'private', role: 'answer', afterSending },
    { field: 'pointerText', text: pointer, visibility: 'public', role: 'handoff', afterSending: null },
  ]
}

/** Words for the pointer when no template is chosen: unsigned, the signature comes with the send. */
export function pointerWords(customer: { handle: string }, platformLabel: string, mayWritePrivately: boolean): string {
  const to = customer.handle ? `@${customer.handle} ` : ''
  return mayWritePrivately
    ? `${to}Apologies for the inconvenience! I just sent you a private message on ${platformLabel}, so that we can look at this together.`
    : `${to}Apologies for the inconvenience! Could you send us a private message on ${platformLabel}? There we can look at your details safely.`
}

/** Where the words go once they are out, if nobody chose: a question waits for the customer. */
export function usualStatusAfter(role: ReplyRole, text: string): 'open' | 'pending' {
  return role === 'handoff' || /\?|？|؟|\{\{\s*ask\s*:/.test(unsign(text).replace(/https?:\/\/\S+/g, '')) ? 'pending' : 'open'
}
