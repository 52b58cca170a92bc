// Reads the search box: `platform:x from:@cleo assignee:me is:pending sla:breached waiting>30m #1042 "exact words"`.
import type { Category, Platform, Ticket, TicketStatus } from '../domain.ts'

export interface QueueSearch {
  number?: number
  platform?: Platform
  priority?: Ticket['priority']
  status?: TicketStatus
  category?: Category
  tag?: string
  /** `me`, `none`, or initials. */
  assignee?: string
  isBreached?: boolean
  waitingMinutes?: number
  from?: string
  language?: string
  words: string[]
  /** What looked like a filter and is none: said to the person, not ignored. */
  unknown: string[]
}

export function readSearch(text: string): QueueSearch | undefined {
  if (!text.trim()) return undefined
  const search: QueueSearch = { words: [], unknown: [] }
  for (const [term, quoted] of text.matchAll(/(?:"([^"]*)"|\S+)/g) as Iterable<[string, string | undefined]>) {
    if (quoted !== undefined) {
      if (quoted) search.words.push(quoted)
    } else if (!readTerm(term, search)) search.words.push(term)
  }
  return search
}

function readTerm(term: string, search: QueueSearch): boolean {
  const number = /^#(\d{1,15})$/.exec(term)
  if (number) return set(search, { number: Number(number[1]) })
  const waiting = /^waiting>(\d{1,6})([mhd])$/.exec(term)
  if (waiting) return set(search, { waitingMinutes: Number(waiting[1]) * { m: 1, h: 60, d: 1440 }[waiting[2] as 'm' | 'h' | 'd'] })
  const filter = /^(-?[a-z]+):(\S+)$/.exec(term)
  if (!filter) return false
  const [, name, value] = filter as unknown as [string, string, string]
  if (name === 'platform') return set(search, { platform: value })
  if (name === 'from') return set(search, { from: value.replace(/^@/, '') })
  if (name === 'assignee') return set(search, { assignee: value })
  if (name === 'tag') return set(search, { tag: value })
  if (name === 'lang') return set(search, { language: value })
  if (name === 'category') return set(search, { category: value as Category })
  if (name === 'priority' && isOneOf(PRIORITIES, value)) return set(search, { priority: value })
  if (name === 'is' && isOneOf(STATUSES, value)) return set(search, { status: value })
  if (name === 'sla' && value === 'breached') return set(search, { isBreached: true })
  // A link or a time has a colon too: those are words.
  if (!['platform', 'from', 'assignee', 'tag', 'lang', 'category', 'priority', 'is', 'sla'].includes(name)) return false
  search.unknown.push(term)
  return true
}

const PRIORITIES = ['urgent', 'high', 'normal'] as const
const STATUSES = ['new', 'open', 'pending', 'on_hold', 'solved', 'closed'] as const
const isOneOf = <T extends string>(list: readonly T[], value: string): value is T => (list as readonly string[]).includes(value)
const set = (search: QueueSearch, found: Partial<QueueSearch>) => {
  Object.assign(search, found)
  return true
}
