// Asks a platform to push again what was not taken by push, once for each gap, where it can; polls fill the gap all the same.
import { type Line, PlatformError } from '../connectors/connector.ts'
import type { AccountRow } from '../db/accounts.ts'
import { type GapCause, listSpansFrom, type Span } from '../db/coverage.ts'
import { answerReplay, claimReplay, type ReplaysTable } from '../db/replays.ts'
import type { Desk } from '../desk.ts'
import { isPushGapOver, PUSHES } from './coverage.ts'
import { mayStillSearch } from './spend.ts'

/** After a poll; what could not be asked for the next one asks for. */
export async function replayMissed(desk: Desk, account: AccountRow, line: Line) {
  const replay = desk.connectorFor(account.platform).intake.webhook?.replay
  if (!replay) return
  const now = desk.now()
  const oldest = new Date(now.getTime() - replay.withinMs + MARGIN_MS)
  const rows = await listSpansFrom(desk.db, account.id, PUSHES, oldest)
  const gaps = closedGaps(rows, isPushGapOver(rows, account)).filter(gap => gap.until > oldest)
  // What is pushed again may be paid for again.
  if (!gaps.length || !(await mayStillSearch(desk.db, account, now)).ok) return
  for (const gap of gaps) {
    const span = { from: gap.from > oldest ? gap.from : oldest, until: gap.until }
    const id = await claimReplay(desk.db, account.appId, span, now, before => mayAsk(before, span, now))
    if (!id) continue
    const answer = await answerTo(desk, account, () => replay.ask(line, `${desk.publicUrl}/webhooks/${account.appId}`, span))
    await answerReplay(desk.db, id, answer)
  }
}

/** Neighbours are one gap, whatever became of each part; the last has ended only if somebody says so. */
export function closedGaps(rows: readonly Span[], isLastOver: boolean): { from: Date; until: Date }[] {
  const gaps: { from: Date; until: Date; isLast: boolean }[] = []
  for (const span of rows) {
    if (span.state === 'covered' || !WITHOUT_PUSHES.has(span.cause)) continue
    const before = gaps.at(-1)
    if (before && before.until.getTime() === span.fromAt.getTime()) before.until = span.untilAt
    else gaps.push({ from: span.fromAt, until: span.untilAt, isLast: false })
    gaps.at(-1)!.isLast = span === rows.at(-1)
  }
  return gaps.filter(gap => !gap.isLast || isLastOver).map(({ from, until }) => ({ from, until }))
}

/** A stretch is asked for once, whatever account of the app missed it. */
export function mayAsk(before: readonly ReplaysTable[], span: { from: Date; until: Date }, now: Date): boolean {
  const isWithin = (one: ReplaysTable, ms: number) => now.getTime() - one.askedAt.getTime() < ms
  return !before.some(
    one =>
      (one.answer === 'refused' && isWithin(one, REFUSED_MS)) ||
      (one.answer === 'later' && isWithin(one, LATER_MS)) ||
      ((one.answer === 'asked' || one.answer === 'unsure') && one.fromAt <= span.from && one.untilAt >= span.until),
  )
}

async function answerTo(desk: Desk, account: AccountRow, ask: () => Promise<void>): Promise<ReplaysTable['answer']> {
  try {
    await ask()
    return 'asked'
  } catch (error) {
    desk.log.warn({ err: error, accountId: account.id }, 'the platform does not push a gap again; polls fill it')
    const kind = error instanceof PlatformError ? error.kind : 'unsure'
    return kind === 'refused' ? 'refused' : kind === 'retry' ? 'later' : 'unsure'
  }
}

const WITHOUT_PUSHES: ReadonlySet<GapCause | null> = new Set(['webhook_off', 'web_down', 'push_missing', 'push_silent'])
const MARGIN_MS = 60_000
const LATER_MS = 15 * 60_000
/** Plans change. */
const REFUSED_MS = 30 * 86_400_000
