// Placeholders of a template: {{customer.first_name|there}}, {{ask:order number}} and the rest.

export interface Placeholder {
  /** `customer.first_name`, or for a question to the writer `ask`. */
  name: string
  /** What the writer is asked for: `order number`. */
  asks: string | null
  fallback: string | null
  span: [number, number]
}

/** What a template may know. What is undefined or empty takes its fallback, or stays open. */
export interface Values {
  customer?: { name: string; handle?: string } | undefined
  agent?: { initials: string } | undefined
  ticket?: { number: number } | undefined
  link?: string | undefined
  /** What customers cannot do, in plain words: "log in". */
  impact?: string | undefined
  /** When the next update comes: "14:30 UTC". */
  next?: string | undefined
  /** Answers to `{{ask:…}}`, by what was asked. */
  asks?: Readonly<Record<string, string>> | undefined
}

/** Puts in what is known. What is not stays as it is, and `open` says where: the writer's next Tab stops. */
export function fillTemplate(template: string, values: Values): { text: string; open: Placeholder[] } {
  const text = template.replace(PLACEHOLDER, (whole, inner: string) => {
    const { name, asks, fallback } = parse(inner)
    const value = name === 'ask' ? values.asks?.[asks ?? ''] : known(name, values)
    return value?.trim() || fallback || whole
  })
  return { text, open: findPlaceholders(text) }
}

/** Every placeholder left in a text, known or not; an opened one that is never closed counts too. */
export function findPlaceholders(text: string): Placeholder[] {
  const found = [...text.matchAll(PLACEHOLDER)].map(
    (match): Placeholder => ({ ...parse(match[1]!), span: [match.index, match.index + match[0].length] }),
  )
  const rest = text.replace(PLACEHOLDER, whole => ' '.repeat(whole.length))
  for (const stray of rest.matchAll(/\{\{|\}\}/g))
    found.push({ name: stray[0], asks: null, fallback: null, span: [stray.index, stray.index + 2] })
  return found.sort((a, b) => a.span[0] - b.span[0])
}

/** Does Heed know what to put there? */
export const isKnownPlaceholder = (placeholder: Placeholder) =>
  KNOWN.has(placeholder.name) && (placeholder.name !== 'ask' || placeholder.asks !== null)

function parse(inner: string): Omit<Placeholder, 'span'> {
  const [before = '', ...after] = inner.split('|')
  const fallback = after.join('|').trim() || null
  const ask = /^\s*ask\s*:\s*(.*?)\s*$/.exec(before)
  return ask ? { name: 'ask', asks: ask[1] || null, fallback } : { name: before.trim(), asks: null, fallback }
}

function known(name: string, values: Values): string | undefined {
  switch (name) {
    case 'customer.first_name':
      return values.customer && firstNameOf(values.customer)
    case 'customer.handle':
      return values.customer?.handle && `@${values.customer.handle}`
    case 'agent.initials':
      return values.agent?.initials
    case 'ticket.id':
      return values.ticket && `#${values.ticket.number}`
    case 'link':
      return values.link
    case 'impact':
      return values.impact
    case 'next':
      return values.next
    default:
      return undefined
  }
}

/** Only what looks like a given name: a handle, a single letter or a row of symbols is worse than the fallback. */
export function firstNameOf(customer: { name: string; handle?: string }): string | undefined {
  const [first = ''] = customer.name.trim().split(/\s+/)
  const name = first.replace(/[^\p{L}\p{M}'’-]/gu, '')
  return name.length > 1 && name === first && first.toLowerCase() !== customer.handle?.toLowerCase() ? first : undefined
}

const KNOWN = new Set(['customer.first_name', 'customer.handle', 'agent.initials', 'ticket.id', 'link', 'impact', 'next', 'ask'])
const PLACEHOLDER = /\{\{([^{}]*)\}\}/g
