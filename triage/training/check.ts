// Checks the corpus: copies and near-copies, cue spans, labels that contradict one another, and its balance: `npm run corpus`.
import { type CorpusRow, readCorpus } from './examples.ts'

export interface Finding {
  where: string
  what: string
}
export interface Placed {
  file: string
  line: number
  row: CorpusRow
}

/** This share of four-word runs in common makes two mentions near-copies. */
const tooAlike = 0.5
const categories = new Set(['outage_report', 'pr_risk', 'technical_question', 'account_question', 'complaint', 'urgent_request', 'general_reference', 'positive_feedback', 'untargeted_comment', 'spam', 'irrelevant', 'own_or_staff', 'thanks_only', 'peer_answered'])

export function checkCorpus(rows: readonly Placed[]): Finding[] {
  return [...rows.flatMap(badLabels), ...rows.flatMap(badCues), ...copies(rows), ...nearCopies(rows)]
}

function badLabels({ file, line, row }: Placed): Finding[] {
  const where = `${file}:${line}`
  const findings: Finding[] = []
  const wrong = (what: string) => findings.push({ where, what })
  if (typeof row.text !== 'string' || row.text.trim() === '') wrong('no text')
  if (!categories.has(row.category)) wrong(`no category is called ${row.category}`)
  if (!['urgent', 'high', 'normal', 'low'].includes(row.priority)) wrong(`no priority is called ${row.priority}`)
  if (!['negative', 'neutral', 'positive'].includes(row.sentiment)) wrong(`no sentiment is called ${row.sentiment}`)
  if (row.actionable !== (row.priority !== 'low')) wrong(`actionable ${row.actionable} with priority ${row.priority}`)
  for (const field of ['language', 'trade', 'register'] as const) if (!row[field]) wrong(`no ${field}`)
  return findings
}

function badCues({ file, line, row }: Placed): Finding[] {
  const where = `${file}:${line}`
  if (!Array.isArray(row.cues)) return [{ where, what: 'no cues' }]
  let before = 0
  for (const [start, end] of row.cues) {
    if (!(start >= before && end > start && end <= row.text.length)) return [{ where, what: `cue ${start}–${end} is not a piece of the text, or overlaps another` }]
    before = end
  }
  return []
}

function copies(rows: readonly Placed[]): Finding[] {
  const seen = new Map<string, string>()
  return rows.flatMap(({ file, line, row }) => {
    const key = wordsOf(row.text).join(' ')
    if (key === '') return []
    const where = `${file}:${line}`
    const first = seen.get(key)
    if (first === undefined) seen.set(key, where)
    return first === undefined ? [] : [{ where, what: `says the same as ${first}` }]
  })
}

/** Mentions that share half of their four-word runs. */
function nearCopies(rows: readonly Placed[]): Finding[] {
  const holders = new Map<string, number[]>()
  const runs = rows.map(({ row }) => runsOf(wordsOf(row.text)))
  const findings: Finding[] = []
  rows.forEach(({ file, line }, i) => {
    const shared = new Map<number, number>()
    for (const run of runs[i]!) {
      for (const j of holders.get(run) ?? []) shared.set(j, (shared.get(j) ?? 0) + 1)
      const list = holders.get(run)
      if (list) list.push(i)
      else holders.set(run, [i])
    }
    for (const [j, count] of shared) {
      if (count < 2 || count / Math.min(runs[i]!.size, runs[j]!.size) < tooAlike) continue
      findings.push({ where: `${file}:${line}`, what: `nearly the same as ${rows[j]!.file}:${rows[j]!.line}` })
      break
    }
  })
  return findings
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().replace(/@[\p{L}\p{N}_.]+|https?:\S+/gu, ' ').match(/[\p{L}\p{N}]+/gu) ?? []
}

function runsOf(words: string[]): Set<string> {
  const runs = new Set<string>()
  for (let i = 0; i + 4 <= words.length; i++) runs.add(words.slice(i, i + 4).join(' '))
  return runs
}

/** How many mentions each value has, most first. */
export function countBy(rows: readonly Placed[], field: 'category' | 'priority' | 'sentiment' | 'language' | 'trade' | 'register'): [string, number][] {
  const counts = new Map<string, number>()
  for (const { row } of rows) counts.set(row[field], (counts.get(row[field]) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
}

if (process.argv[1] === import.meta.filename) {
  const rows = readCorpus()
  const withCues = rows.filter(({ row }) => row.cues.length > 0).length
  console.log(`${rows.length} mentions, ${withCues} with cues`)
  for (const field of ['category', 'priority', 'sentiment', 'language', 'trade', 'register'] as const) {
    const counts = countBy(rows, field)
    console.log(`\n${field} (${counts.length})`)
    for (const [value, count] of counts.slice(0, 40)) console.log(`  ${value.padEnd(22)} ${String(count).padStart(5)} ${((100 * count) / rows.length).toFixed(1).padStart(5)} %`)
  }
  const findings = checkCorpus(rows)
  for (const { where, what } of findings) console.log(`${where} ${what}`)
  console.log(`\n${findings.length} findings`)
  if (findings.length > 0) process.exitCode = 1
}
