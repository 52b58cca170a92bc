// The time-machine: what would the last days have looked like with other rules or thresholds? One pass over stored verdicts, newest first.
import { countJudgedMentions, type JudgedMentionRow, listJudgedMentions, readTier } from '../db/judged-mentions.ts'
import type { Desk } from '../desk.ts'
import type { Category, Id, Judgement, Priority } from '../domain.ts'
import {
  asksThread,
  asksWords,
  dangerSignals,
  foldOnce,
  isUrgent,
  type Judged,
  outcomeOf,
  type Place,
  placeOf,
  type RuleSet,
} from './rules.ts'

export interface Trial {
  /** Mentions looked at, of so many. */
  looked: number
  total: number
  isWhole: boolean
  changed: number
  /** From → to, the most frequent first. */
  moves: Move[]
  /** Tier 1 that would no longer become a ticket at once; and what people opened, or what sounds like a complaint, and nobody would see any more. */
  missed: number
  /** Would become a ticket, and did not. */
  gained: number
  /** Tickets a day by hour of the day, mean over the days looked at. */
  load: { before: number[]; after: number[] }
  /** Newest first, at most so many as a page can show. */
  examples: { missed: Id[]; changed: Id[] }
  oldest: Date | null
}
export interface Move {
  from: Standing
  to: Standing
  count: number
}
export interface Standing {
  place: Place
  category: Category
  priority: Priority
  /** Given to somebody, or tagged: a change that moves nothing. */
  extras: string
}
export interface Look {
  days: number
  /** Whose wall clock the hours are on. */
  zone: string
  /** Stops after so long, and says how far it came. */
  limitMs: number
  signal?: AbortSignal
  batch?: number
}

/** Yields what it knows after each batch; the last one is the answer. Stops when `signal` says so. */
export async function* lookBack(desk: Desk, before: RuleSet, after: RuleSet, look: Look): AsyncGenerator<Trial> {
  const to = desk.now()
  const span = { from: new Date(to.getTime() - look.days * DAY_MS), to }
  const tally = newTally(before, after, { ...span, total: await countJudgedMentions(desk.db, span) })
  const every = [...before.rules, ...after.rules].map(one => one.rule)
  const page = {
    ...span,
    zone: look.zone,
    dangerSignals,
    withText: every.some(asksWords),
    withThread: every.some(asksThread),
    limit: look.batch ?? BATCH,
  }
  const startedAt = performance.now()
  let last: { postedAt: Date; id: Id } | null = null
  for (;;) {
    const rows: JudgedMentionRow[] = await listJudgedMentions(desk.db, { ...page, before: last })
    for (const row of rows) tally.add(row)
    last = rows.at(-1) ?? null
    const isWhole = rows.length < page.limit
    yield tally.trial(isWhole)
    if (isWhole || look.signal?.aborted || performance.now() - startedAt > look.limitMs) return
  }
}

/** Pure: rows in any order. */
export function newTally(before: RuleSet, after: RuleSet, over: { from: Date; to: Date; total: number }) {
  const moves = new Map<string, Move>()
  const load = { before: new Array<number>(24).fill(0), after: new Array<number>(24).fill(0) }
  const examples: Trial['examples'] = { missed: [], changed: [] }
  let [looked, changed, missed, gained] = [0, 0, 0, 0]
  let oldest: Date | null = null

  function add(row: JudgedMentionRow) {
    looked++
    if (!oldest || row.postedAt < oldest) oldest = row.postedAt
    const judged = judgedOf(row)
    const folded = foldOnce(row.text)
    const from = standingOf(before, judged, row, folded)
    const to = standingOf(after, judged, row, folded)
    if (from.place === 'ticket') load.before[row.hour]!++
    if (to.place === 'ticket') load.after[row.hour]!++
    const key = `${wordsOf(from)}→${wordsOf(to)}`
    if (wordsOf(from) === wordsOf(to)) return
    changed++
    const move = moves.get(key) ?? { from, to, count: 0 }
    move.count++
    moves.set(key, move)
    if (to.place === 'ticket' && from.place !== 'ticket') gained++
    if (isMissed(row, from, to)) {
      missed++
      if (examples.missed.length < EXAMPLES) examples.missed.push(row.id)
    } else if (examples.changed.length < EXAMPLES) examples.changed.push(row.id)
  }

  function trial(isWhole: boolean): Trial {
    const days = Math.max(1, (over.to.getTime() - (isWhole ? over.from : (oldest ?? over.to)).getTime()) / DAY_MS)
    const mean = (counts: number[]) => counts.map(count => count / days)
    return {
      looked,
      total: Math.max(looked, over.total),
      isWhole,
      changed,
      moves: [...moves.values()].sort((a, b) => b.count - a.count || (wordsOf(a.from) < wordsOf(b.from) ? -1 : 1)),
      missed,
      gained,
      load: { before: mean(load.before), after: mean(load.after) },
      examples,
      oldest,
    }
  }
  return { add, trial }
}

/** What the judge alone had said: the rules of that day are not asked. */
export function judgedOf(row: JudgedMentionRow): Judged {
  const alone: Judgement = row.beforeRules ?? {
    category: row.category,
    tier: readTier(row.tier),
    priority: row.priority,
    needsReview: row.needsReview,
  }
  const { confidence, sentiment, nearlyNoise, isDoubted } = row
  const doubt = { ...(nearlyNoise ? { nearlyNoise } : {}), ...(isDoubted ? { isDoubted: true as const } : {}) }
  return { ...alone, ...doubt, confidence, sentiment, isDangerous: isUrgent(alone) || row.hasDanger }
}

function standingOf(set: RuleSet, judged: Judged, row: JudgedMentionRow, folded: () => string): Standing {
  const outcome = outcomeOf(set, judged, row, folded)
  const place = placeOf(outcome, row)
  const extras =
    place === 'ticket'
      ? [...outcome.tags.toSorted(), outcome.assigneeId ? `given to ${outcome.assigneeId}` : ''].filter(Boolean).join(', ')
      : ''
  return { place, category: outcome.category, priority: outcome.priority, extras }
}

function isMissed(row: JudgedMentionRow, from: Standing, to: Standing): boolean {
  if (from.place === 'ticket') return to.place !== 'ticket' && isFirstTier(from.category)
  return from.place !== 'noise' && to.place === 'noise' && (row.ticketId !== null || row.complaint >= COMPLAINT)
}

const isFirstTier = (category: Category) => FIRST.includes(category)
const FIRST: readonly Category[] = ['outage_report', 'pr_risk', 'technical_question', 'account_question', 'complaint', 'urgent_request']
const wordsOf = (standing: Standing) => `${standing.place} ${standing.category} ${standing.priority} ${standing.extras}`

const DAY_MS = 86_400_000
const BATCH = 2_000
const EXAMPLES = 50
const COMPLAINT = 0.5
