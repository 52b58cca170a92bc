// Measures the judge beside natural's AFINN lexicon: `node --import tsx triage/evaluate.ts --data DIR [--fold 0|1|all] [--scorer NAME]`. It sees texts alone.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import natural from 'natural/lib/natural/sentiment/index.js'
import tokenizers from 'natural/lib/natural/tokenizers/index.js'
import { kinds } from './kinds.ts'
import { isScorerName, scorerNamed } from './scorer.ts'
import { type TriagedLine, triageText } from './triage-file.ts'

interface Row {
  id: string
  text: string
  label: string
  priority?: string
  actionable?: boolean
  sentiment?: string
}

const analyzer = new natural.SentimentAnalyzer('English', undefined as never, 'afinn')
const tokenizer = new tokenizers.WordTokenizer()
const sentiments = ['negative', 'neutral', 'positive']

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    fold: { type: 'string', default: '1' },
    show: { type: 'string' },
    scorer: { type: 'string', default: 'linear' },
  },
})
if (!values.data) throw new Error('--data DIR is missing: the folder that holds airline-sentiment, complaints, …')
if (!isScorerName(values.scorer)) throw new Error(`no scorer is called ${values.scorer}`)
const scorer = scorerNamed(values.scorer)
console.log(`dev rows of fold ${values.fold} (fold 0 set the care prior and showed which cues were missing; no row trained a weight)\n`)
console.log('measure                                rows   ours   natural AFINN   ahead by')
sentimentOf('airline-sentiment', 1)
sentimentOf('tweeteval-sentiment', 5)
complaints()
gold()

function sentimentOf(set: string, every: number): void {
  const rows = rowsOf(set).filter((_, i) => i % every === 0)
  const ours = rows.map(row => seen(row.text).sentiment.label)
  const plain = rows.map(row => plainLabel(row.text))
  const truth = rows.map(row => row.label)
  report(`${set} macro F`, rows.length, 100 * macroF(truth, ours, sentiments), 100 * macroF(truth, plain, sentiments))
  report(`${set} macro recall`, rows.length, 100 * macroRecall(truth, ours, sentiments), 100 * macroRecall(truth, plain, sentiments))
}

function complaints(): void {
  const rows = rowsOf('complaints')
  const isPositive = rows.map(row => row.label === 'complaint')
  report(
    'complaints AUC',
    rows.length,
    auc(
      isPositive,
      rows.map(row => seen(row.text).complaint.score),
    ),
    auc(
      isPositive,
      rows.map(row => -plainScore(row.text)),
    ),
    3,
  )
}

function gold(): void {
  const rows = rowsOf('triage-gold')
  const verdicts = rows.map(row => seen(row.text))
  const found = verdicts.map(verdict => verdict.kind)
  const truth = rows.map(row => row.label)
  const plain = rows.map(row => ({ negative: 'complaint', positive: 'praise', neutral: 'other' })[plainLabel(row.text)]!)
  report('triage-gold kind macro F', rows.length, 100 * macroF(truth, found, [...kinds]), 100 * macroF(truth, plain, [...kinds]))
  report(
    'triage-gold kind accuracy',
    rows.length,
    (100 * truth.filter((kind, i) => kind === found[i]).length) / rows.length,
    (100 * truth.filter((kind, i) => kind === plain[i]).length) / rows.length,
  )
  report(
    'triage-gold actionable AUC',
    rows.length,
    auc(
      rows.map(row => row.actionable!),
      verdicts.map(verdict => verdict.actionable.score),
    ),
    auc(
      rows.map(row => row.actionable!),
      rows.map(row => -plainScore(row.text)),
    ),
    3,
  )
  const presses = rows.map(row => row.priority === 'urgent' || row.priority === 'high')
  report(
    'triage-gold urgent-or-high AUC',
    rows.length,
    auc(
      presses,
      verdicts.map(verdict => verdict.urgent.score),
    ),
    auc(
      presses,
      rows.map(row => -plainScore(row.text)),
    ),
    3,
  )
  report(
    'triage-gold sentiment macro F',
    rows.length,
    100 *
      macroF(
        rows.map(row => row.sentiment!),
        verdicts.map(verdict => verdict.sentiment.label),
        sentiments,
      ),
    100 *
      macroF(
        rows.map(row => row.sentiment!),
        rows.map(row => plainLabel(row.text)),
        sentiments,
      ),
  )
  const mild = rows.filter((row, i) => row.priority === 'urgent' && verdicts[i]!.priority !== 'urgent' && verdicts[i]!.priority !== 'high')
  const dropped = rows.filter((row, i) => row.actionable && verdicts[i]!.tier === 'noise')
  console.log(`\ntriage-gold: ${mild.length} urgent rows below high, ${dropped.length} actionable rows dropped as noise`)
  if (values.show === 'kinds') {
    rows.forEach((row, i) => {
      if (truth[i] !== found[i])
        console.log(
          `${truth[i]} → ${found[i]} (${verdicts[i]!.category} ${verdicts[i]!.confidence.toFixed(2)} ${verdicts[i]!.sentiment.label}) ${row.text.slice(0, 180)}`,
        )
    })
  }
}

function seen(text: string): TriagedLine {
  return triageText('', text, null, scorer)
}

function plainScore(text: string): number {
  const words = tokenizer.tokenize(text.toLowerCase())
  return words.length > 0 ? analyzer.getSentiment(words) : 0
}

function plainLabel(text: string): string {
  const score = plainScore(text)
  return score > 0 ? 'positive' : score < 0 ? 'negative' : 'neutral'
}

function report(name: string, rows: number, ours: number, plain: number, digits = 1): void {
  console.log(
    `${name.padEnd(36)} ${String(rows).padStart(6)} ${ours.toFixed(digits).padStart(6)} ${plain.toFixed(digits).padStart(15)} ${(ours - plain >= 0 ? '+' : '') + (ours - plain).toFixed(digits)}`,
  )
}

function rowsOf(set: string): Row[] {
  const file = ['dev.jsonl', 'dev.jsonl.gz'].map(name => join(values.data!, set, name)).find(existsSync)
  if (!file) throw new Error(`no dev.jsonl or dev.jsonl.gz in ${join(values.data!, set)}`)
  const bytes = readFileSync(file)
  const rows = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes)
    .toString('utf8')
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Row)
  return values.fold === 'all' ? rows : rows.filter(row => foldOf(row.id) === Number(values.fold))
}

function foldOf(id: string): number {
  let hash = 7
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193)
  return ((hash ^ (hash >>> 15)) >>> 0) & 1
}

function macroF(truth: string[], guess: string[], labels: string[]): number {
  return (
    labels.reduce((sum, label) => {
      const { hit, wrong, missed } = counts(truth, guess, label)
      return sum + (hit > 0 ? (2 * hit) / (2 * hit + wrong + missed) : 0)
    }, 0) / labels.length
  )
}

function macroRecall(truth: string[], guess: string[], labels: string[]): number {
  return (
    labels.reduce((sum, label) => {
      const { hit, missed } = counts(truth, guess, label)
      return sum + (hit + missed > 0 ? hit / (hit + missed) : 0)
    }, 0) / labels.length
  )
}

function counts(truth: string[], guess: string[], label: string): { hit: number; wrong: number; missed: number } {
  let hit = 0
  let wrong = 0
  let missed = 0
  for (let i = 0; i < truth.length; i++) {
    if (guess[i] === label) truth[i] === label ? hit++ : wrong++
    else if (truth[i] === label) missed++
  }
  return { hit, wrong, missed }
}

/** Chance that a positive row scores above a negative one; ties count half. */
function auc(isPositive: boolean[], score: number[]): number {
  const order = score.map((value, i) => ({ value, positive: isPositive[i]! })).sort((a, b) => a.value - b.value)
  let ranks = 0
  let positives = 0
  for (let i = 0; i < order.length; ) {
    let j = i
    while (j < order.length && order[j]!.value === order[i]!.value) j++
    for (let k = i; k < j; k++) {
      if (!order[k]!.positive) continue
      ranks += (i + j + 1) / 2
      positives++
    }
    i = j
  }
  const negatives = order.length - positives
  return (ranks - (positives * (positives + 1)) / 2) / (positives * negatives)
}
