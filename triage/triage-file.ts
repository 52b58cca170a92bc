// Triages a file: `npm run -s triage -- --in FILE.jsonl [--corrections FILE.jsonl] [--scorer NAME] --out FILE.jsonl`.

import { once } from 'node:events'
import { createReadStream, createWriteStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import type { Category, Priority, Reason, Tier, Verdict } from '../domain.ts'
import { bareContext } from './bare.ts'
import { type Correction, readCorrection } from './correction.ts'
import { weigh } from './judge.ts'
import { type Kind, kindOfKnown, kindShares, likeliestKind } from './kinds.ts'
import { type Answer, ask, learnFile, type Schooling, type Subject, schooledScorer } from './learn-file.ts'
import { isScorerName, type Scorer, scorerNamed, scorerNames } from './scorer.ts'
import { judgedCategories, priorities, sentimentHeads, softmax } from './signals/heads.ts'

/** One line of the output. Scores are probabilities. */
export interface TriagedLine {
  id: unknown
  category: Category
  kind: Kind
  tier: Tier
  priority: Priority
  actionable: { label: 'yes' | 'no'; score: number }
  /** P(urgent or high). */
  urgent: { score: number }
  /** P(a breach of expectations is voiced), whatever the category. */
  complaint: { score: number; label: 'complaint' | 'not-complaint' }
  sentiment: { label: string; score: number; scores: Record<string, number> }
  language: string | null
  confidence: number
  reasons: Reason[]
}

/** Judges one text as the file reader does. `taught`: what a file of corrections taught on top of `scorer`. */
export function triageText(
  id: unknown,
  text: string,
  lang: string | null,
  scorer: Scorer,
  taught?: { schooling: Schooling; scorer: Scorer },
): TriagedLine {
  const { verdict, shares, scores, reading } = weigh(
    { text, visibility: 'public', direction: 'inbound', platform: 'file', language: lang },
    bareContext(text),
    taught?.scorer ?? scorer,
  )
  const answers: Partial<Record<Subject, Answer>> =
    taught && reading ? ask(taught.schooling, reading, scorer.score(reading, bareContext(text).addressesUs)) : {}
  const sentiment = scores ? sentimentHeads.map(head => scores.sentiment[head]) : [0, 1, 0]
  const feeling = answers.sentiment?.label ?? verdict.sentimentLabel
  const isDanger = verdict.priority === 'urgent' && verdict.category === 'urgent_request'
  const actionable = verdict.actionable
  return {
    id,
    category: verdict.category,
    kind: (answers.kind?.label as Kind | undefined) ?? kindOf(verdict, shares, reading, scores),
    tier: verdict.tier,
    priority: isDanger ? 'urgent' : priorityOf(verdict, scores, answers.priority),
    actionable: {
      label: (answers.actionable ? answers.actionable.label === 'yes' : actionable >= 0.5) ? 'yes' : 'no',
      score: round(actionable),
    },
    urgent: { score: round(verdict.urgent ?? 0) },
    complaint: {
      score: round(verdict.complaint ?? 0),
      label: (answers.complaint ? answers.complaint.label === 'yes' : (verdict.complaint ?? 0) >= 0.5) ? 'complaint' : 'not-complaint',
    },
    sentiment: {
      label: feeling,
      score: round(verdict.sentiment),
      scores: Object.fromEntries(sentimentHeads.map((head, h) => [head, round(sentiment[h]!)])),
    },
    language: verdict.language ?? lang,
    confidence: round(verdict.confidence),
    reasons: verdict.reasons.slice(0, 8).map(reason => ({ ...reason, points: round(reason.points) })),
  }
}

type Weighed = ReturnType<typeof weigh>

/** What the heads alone believe: the rules send a mention to the right queue, which is not what it is about. */
function headShares(care: Float64Array): Map<Category, number> {
  const shares = softmax(care, 0, judgedCategories.length)
  return new Map(judgedCategories.map((category, h) => [category, shares[h]!]))
}

function kindOf(verdict: Verdict, shares: Weighed['shares'], reading: Weighed['reading'], scores: Weighed['scores']): Kind {
  if (!shares || !reading || !scores) return kindOfKnown(verdict)
  return likeliestKind(kindShares(headShares(scores.care), reading, scores.sentiment))
}

/** How soon, by the words alone: the priority head's own answer, where the queue's priority follows the category. */
function priorityOf(verdict: Verdict, scores: Weighed['scores'], answer: Answer | undefined): Priority {
  if (answer) return answer.label as Priority
  if (!scores || verdict.tier === 'noise') return verdict.priority
  let best: Priority = 'urgent'
  let most = -Infinity
  for (const [p, priority] of priorities.entries()) {
    const odds = scores.care[scores.care.length - 6 + p]!
    if (odds > most) {
      most = odds
      best = priority
    }
  }
  return best
}

function round(value: number): number {
  return Number(value.toFixed(6))
}

/** Reads the corrections; a line that cannot be read is told and left out. */
export function readCorrections(lines: readonly string[], complain: (line: number, why: string) => void): Correction[] {
  const rows: { line: number; row: unknown }[] = []
  lines.forEach((written, i) => {
    if (written.trim() === '') return
    try {
      rows.push({ line: i + 1, row: JSON.parse(written) })
    } catch {
      complain(i + 1, 'not JSON')
    }
  })
  const hasNotComplaint = rows.some(({ row }) => JSON.stringify(row).includes('"not-complaint"'))
  return rows.flatMap(({ line, row }) => {
    try {
      return [readCorrection(row, hasNotComplaint)]
    } catch (error) {
      complain(line, (error as Error).message)
      return []
    }
  })
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { in: { type: 'string' }, out: { type: 'string' }, corrections: { type: 'string' }, scorer: { type: 'string' } },
  })
  if (!values.in || !values.out) return stop('usage: triage --in FILE.jsonl [--corrections FILE.jsonl] [--scorer NAME] --out FILE.jsonl')
  const name = values.scorer ?? (process.env.TRIAGE_SCORER || 'linear')
  if (!isScorerName(name)) return stop(`no scorer is called ${name}; there are: ${scorerNames.join(', ')}`)
  const scorer = scorerNamed(name)
  let left = 0
  const complainOf = (file: string) => (line: number, why: string) => {
    left++
    console.error(`${file} line ${line} is left out: ${why}`)
  }
  let taught: { schooling: Schooling; scorer: Scorer } | undefined
  if (values.corrections) {
    const corrections = readCorrections(readFileSync(values.corrections, 'utf8').split('\n'), complainOf(values.corrections))
    const bar = progress('learning')
    const schooling = learnFile(corrections, scorer, (share, what) => bar(share, what))
    bar(1, 'done')
    console.error(`learnt ${schooling.lessons.map(lesson => `${lesson.subject} from ${lesson.rows}`).join(', ') || 'nothing'}`)
    taught = { schooling, scorer: schooledScorer(scorer, schooling) }
  }
  const out = createWriteStream(values.out)
  const started = process.cpuUsage()
  let done = 0
  let line = 0
  const bar = progress('judging')
  for await (const written of createInterface({ input: createReadStream(values.in), crlfDelay: Infinity })) {
    line++
    if (written.trim() === '') continue
    const row = readLine(written, line, complainOf(values.in))
    if (!row) continue
    if (!out.write(`${JSON.stringify(triageText(row.id, row.text, row.lang, scorer, taught))}\n`)) await once(out, 'drain')
    if (++done % 1000 === 0) bar(null, `${done}`)
  }
  out.end()
  await once(out, 'close')
  bar(1, `${done}`)
  const seconds = (process.cpuUsage(started).user + process.cpuUsage(started).system) / 1e6
  console.error(
    `${done} judged in ${seconds.toFixed(1)} s of one core, ${left} lines left out, scorer ${taught?.scorer.model ?? scorer.model}`,
  )
}

function readLine(
  written: string,
  line: number,
  complain: (line: number, why: string) => void,
): { id: unknown; text: string; lang: string | null } | undefined {
  let row: unknown
  try {
    row = JSON.parse(written)
  } catch {
    complain(line, 'not JSON')
    return undefined
  }
  const { id, text, lang } = (typeof row === 'object' && row !== null ? row : {}) as Record<string, unknown>
  if (id === undefined || typeof text !== 'string') {
    complain(line, id === undefined ? 'no id' : 'no text')
    return undefined
  }
  return { id, text, lang: typeof lang === 'string' ? lang : null }
}

function progress(what: string): (share: number | null, note: string) => void {
  const isTerminal = process.stderr.isTTY
  let told = 0
  return (share, note) => {
    const now = process.uptime()
    if (share !== 1 && now - told < (isTerminal ? 0.2 : 5)) return
    told = now
    process.stderr.write(
      `${isTerminal ? '\r\x1b[K' : ''}${what} ${share === null ? '' : `${Math.round(share * 100)} % `}${note}${isTerminal && share !== 1 ? '' : '\n'}`,
    )
  }
}

function stop(why: string): void {
  console.error(why)
  process.exitCode = 2
}

if (process.argv[1] === import.meta.filename) await main()
