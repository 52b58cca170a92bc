// Asks the stronger scorer about what the embedded one is unsure of: within its time and budget, each once, and never in the way of judging.
import { type NewQuestion, reserveQuestions, storeAnswer } from '../db/second-opinions.ts'
import type { Desk } from '../desk.ts'
import type { Id, SecondOpinion, Verdict } from '../domain.ts'
import { hashOf } from './corrections.ts'
import type { Judges } from './scorers/choose.ts'
import { type Answer, NoAnswer, type StrongScorer } from './scorers/strong-scorer.ts'

export interface AskedAbout {
  id: Id
  text: string
  accountId: Id
  customerId: Id | null
  postedAt: Date
}
export interface Opinions {
  opinions: Map<Id, SecondOpinion>
  /** Another process is asking about these just now: they are its to judge. */
  held: Set<Id>
}

/** Danger and our own words need no second opinion; what no word list reads, and doubt, do. */
export function wantsSecondOpinion(verdict: Verdict, judges: Pick<Judges, 'unsureBelow'>): boolean {
  if (verdict.category === 'own_or_staff' || verdict.category === 'duplicate' || verdict.priority === 'urgent') return false
  return verdict.needsReview || verdict.confidence < judges.unsureBelow
}

/** Who gets no answer, for whatever reason, is missing from `opinions`. */
export async function askSecondOpinions(desk: Desk, judges: Judges, mentions: readonly AskedAbout[]): Promise<Opinions> {
  const { strong, breaker } = judges
  const opinions = new Map<Id, SecondOpinion>()
  const held = new Set<Id>()
  if (!strong || !breaker.mayAsk(desk.now())) return { opinions, held }
  const fit = mentions.filter(mention => mention.text.trim() && (strong.isFor?.(mention.text) ?? true))
  if (!fit.length) return { opinions, held }
  const about = new Map(fit.map(mention => [mention.id, mention]))
  const questions = [...about.values()].map(one => ({ mentionId: one.id, textHash: hashOf(one.text), tokens: strong.costOf(one.text) }))
  const by = { model: strong.model, budget: judges.tokensAMonth, now: desk.now() }
  const { taken, known, isSpent } = await reserveQuestions(desk.db, questions, by)
  if (isSpent) desk.log.warn({ model: strong.model }, 'the month’s tokens are spent: the embedded score stands alone')
  for (const row of known) {
    if (row.textHash !== hashOf(about.get(row.mentionId)!.text)) continue
    if (row.opinion) opinions.set(row.mentionId, row.opinion)
    else if (!row.answeredAt && desk.now().getTime() - row.askedAt.getTime() < GIVEN_UP_MS) held.add(row.mentionId)
  }
  const rounds = AbortSignal.timeout(Math.max(BATCH_MS, judges.timeLimitMs))
  const waiting = [...taken]
  const asker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const opinion = await askOne(desk, { ...judges, strong }, next, about.get(next.mentionId)!, rounds)
      if (opinion) opinions.set(next.mentionId, opinion)
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, taken.length) }, asker))
  return { opinions, held }
}

async function askOne(
  desk: Desk,
  judges: Judges & { strong: StrongScorer },
  question: NewQuestion,
  mention: AskedAbout,
  rounds: AbortSignal,
): Promise<SecondOpinion | null> {
  const { strong, breaker, timeLimitMs } = judges
  const store = (tokens: number, opinion: SecondOpinion | null, problem: string | null) =>
    storeAnswer(desk.db, { ...question, model: strong.model }, { answeredAt: desk.now(), tokens, opinion, problem })
  if (rounds.aborted || !breaker.mayAsk(desk.now())) {
    await store(0, null, rounds.aborted ? 'no time was left' : 'left alone after failing several times')
    return null
  }
  const outcome = await outcomeOf(strong, mention, AbortSignal.any([AbortSignal.timeout(timeLimitMs), rounds]))
  breaker.note('answer' in outcome, desk.now())
  if ('answer' in outcome) {
    const opinion = { ...outcome.answer.opinion, by: strong.model }
    await store(outcome.answer.tokens, opinion, null)
    return opinion
  }
  desk.log.warn({ model: strong.model, mentionId: question.mentionId, problem: outcome.problem, err: outcome.error }, 'no second opinion')
  await store(outcome.isFree ? 0 : question.tokens, null, outcome.problem)
  return null
}

type Outcome = { answer: Answer } | { problem: string; isFree: boolean; error?: unknown }

/** Whatever goes wrong over there, or in a model somebody brought, is no reason to stop judging. */
async function outcomeOf(strong: StrongScorer, mention: AskedAbout, signal: AbortSignal): Promise<Outcome> {
  try {
    return { answer: await beforeAbort(strong.ask(mention, signal), signal) }
  } catch (error) {
    if (error instanceof NoAnswer) return { problem: error.message, isFree: error.isFree }
    if (signal.aborted) return { problem: 'it was too slow', isFree: false }
    return { problem: 'it failed', isFree: false, error }
  }
}

/** What works in this process cannot be interrupted, but need not be waited for. */
function beforeAbort<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  return Promise.race([answer, promise])
}

const AT_ONCE = 4
/** A batch waits no longer than this for all its opinions together, unless a single one may take longer. */
const BATCH_MS = 10_000
/** Whoever asked so long ago is gone. */
const GIVEN_UP_MS = 60_000
