// Learns from what reps correct: one balanced step a correction, replayed from the log to the same numbers, bit for bit. Pure: no clock, no chance, no database.
import type { Category } from '../domain.ts'
import { bareContext } from './bare.ts'
import type { Correction } from './correction.ts'
import { foldOf, kinds } from './kinds.ts'
import { type Scorer, type Scores, scoresOf } from './scorer.ts'
import { exp } from './signals/exactly.ts'
import { type Features, featuresOf } from './signals/features.ts'
import { type CareHead, careGroups, careHeads, judgedCategories, type Parts, priorities, sentimentHeads, softmax } from './signals/heads.ts'
import { type Reading, readMention } from './signals/reading.ts'

const feelings = sentimentHeads.length
const headTotal = feelings + careHeads.length
/** Heads that share one probability, sentiment first. From, and up to but not including. */
const groups: readonly (readonly [number, number])[] = [
  [0, feelings],
  ...careGroups.map(([from, to]) => [from + feelings, to + feelings] as const),
]
const slotBits = 20
const mask = 2 ** slotBits - 1

/** How far one correction goes, and how soon a much corrected word is left alone. */
export const step = { rate: 0.1, biasRate: 0.02, steady: 2e-3, weakest: 0.6, strongest: 1.5 }

/**
 * What one workspace taught, laid over the shipped weights. A value: `learnOne` gives a new one and leaves the old as it was.
 * Small: only words that were corrected have a row. Keep the log, not this; this is replayed from it.
 */
export interface LearntLayer {
  /** How many corrections it holds. */
  readonly corrections: number
  /** How often each head was the right answer: rare ones are listened to more. */
  readonly heard: Float64Array
  readonly bias: Float32Array
  /** By hashed word or letters: a nudge for each head, then the sum of squares that steadies it. */
  readonly nudges: ReadonlyMap<number, Float32Array>
}

export function emptyLayer(): LearntLayer {
  return { corrections: 0, heard: new Float64Array(headTotal), bias: new Float32Array(headTotal), nudges: new Map() }
}

/** What was thought of a text before its correction was learnt: the honest measure of how good the judge is. */
export interface Before {
  at: string | undefined
  /** The subject's label as guessed, how sure, and as corrected; only subjects the correction speaks of. */
  guesses: {
    subject: 'category' | 'kind' | 'priority' | 'sentiment' | 'actionable' | 'complaint'
    guessed: string
    sure: number
    right: string
  }[]
}

/** One correction, one step. `scorer` is the shipped one, never one that was taught. */
export function learnOne(layer: LearntLayer, correction: Correction, scorer: Scorer): LearntLayer {
  const draft = { ...layer, heard: layer.heard.slice(), bias: layer.bias.slice(), nudges: new Map(layer.nudges) }
  takeStep(draft, correction, scorer, true)
  return draft
}

/**
 * The whole log, from zero: the same log gives the same layer on any machine.
 * To undo corrections by date leave them out: `replay(log.filter(c => !(c.at! >= from && c.at! < to)), scorer)`.
 */
export function replay(log: Iterable<Correction>, scorer: Scorer): { layer: LearntLayer; before: Before[] } {
  const draft: Draft = { ...emptyLayer(), nudges: new Map() }
  const before: Before[] = []
  for (const correction of log) before.push(takeStep(draft, correction, scorer, false))
  return { layer: draft, before }
}

type Draft = { -readonly [K in keyof LearntLayer]: LearntLayer[K] } & { nudges: Map<number, Float32Array> }

/** `copies`: rows are shared with an older layer, and must not be written to. */
function takeStep(draft: Draft, correction: Correction, scorer: Scorer, copies: boolean): Before {
  const reading = readMention(correction.text)
  const scores = scorer.score(reading, bareContext(correction.text).addressesUs)
  const { features } = scores.logits
  const odds = oddsWith(draft, scores, features)
  const guesses = new Float64Array(headTotal)
  for (const [from, to] of groups) {
    if (to - from === 1) guesses[from] = 1 / (1 + exp(-odds[from]!))
    else guesses.set(softmax(odds, from, to), from)
  }
  const before = { at: correction.at, guesses: guessedBefore(guesses, correction, reading) }
  const aims = aimsOf(correction, guesses, reading)
  const slopes = slopesOf(draft, guesses, aims)
  draft.corrections++
  if (slopes.every(slope => slope === 0)) return before
  for (let h = 0; h < headTotal; h++) draft.bias[h] = draft.bias[h]! - step.biasRate * slopes[h]!
  const fresh = new Set<number>()
  for (let f = 0; f < features.size; f++) {
    const slot = features.slots[f]! & mask
    const value = features.values[f]!
    let row = draft.nudges.get(slot)
    if (!row) draft.nudges.set(slot, (row = new Float32Array(headTotal + 1)))
    else if (copies && !fresh.has(slot)) draft.nudges.set(slot, (row = row.slice()))
    if (copies) fresh.add(slot)
    let squares = 0
    for (let h = 0; h < headTotal; h++) squares += slopes[h]! * slopes[h]! * value * value
    row[headTotal] = row[headTotal]! + squares
    const rate = step.rate / Math.sqrt(step.steady + row[headTotal]!)
    for (let h = 0; h < headTotal; h++) if (slopes[h] !== 0) row[h] = row[h]! - rate * slopes[h]! * value
  }
  return before
}

/** The scorer's log-odds with the layer's nudges, sentiment first. */
function oddsWith(layer: LearntLayer, scores: Scores, features: Features): Float64Array {
  const odds = new Float64Array(headTotal)
  odds.set(scores.logits.sentiment)
  odds.set(scores.logits.care, feelings)
  for (let h = 0; h < headTotal; h++) odds[h]! += layer.bias[h]!
  for (let f = 0; f < features.size; f++) {
    const row = layer.nudges.get(features.slots[f]! & mask)
    if (!row) continue
    const value = features.values[f]!
    for (let h = 0; h < headTotal; h++) odds[h]! += row[h]! * value
  }
  return odds
}

/** What the heads should have said; NaN: the correction says nothing about that head. */
function aimsOf(correction: Correction, guesses: Float64Array, reading: Reading): Float64Array {
  const aims = new Float64Array(headTotal).fill(NaN)
  const { sentiment, category, kind, priority, complaint } = correction
  if (sentiment) for (let h = 0; h < feelings; h++) aims[h] = Number(sentimentHeads[h] === sentiment)
  if (category && (judgedCategories as readonly Category[]).includes(category)) {
    for (let h = 0; h < judgedCategories.length; h++) aims[feelings + h] = Number(judgedCategories[h] === category)
  } else if (kind) {
    // Any category of that kind: what was guessed among them is right.
    const feeling = { negative: guesses[0]!, positive: guesses[2]! }
    let total = 0
    for (let h = 0; h < judgedCategories.length; h++) {
      const part = foldOf(judgedCategories[h]!, reading, feeling)[kind] ?? 0
      aims[feelings + h] = guesses[feelings + h]! * part
      total += aims[feelings + h]!
    }
    for (let h = 0; h < judgedCategories.length; h++) aims[feelings + h] = total > 1e-9 ? aims[feelings + h]! / total : NaN
  }
  const act = correction.actionable ?? (priority ? priority !== 'low' : category ? actsOn(category) : undefined)
  const at = feelings + judgedCategories.length
  if (priority) for (let p = 0; p < priorities.length; p++) aims[at + p] = Number(priorities[p] === priority)
  if (act !== undefined) aims[headTotal - 2] = Number(act)
  const broken = complaint ?? (category ? breaks(category) : undefined)
  if (broken !== undefined) aims[headTotal - 1] = Number(broken)
  return aims
}

/** Some categories say by themselves whether a rep should act; undefined: they do not. */
function actsOn(category: Category): boolean | undefined {
  if (['outage_report', 'pr_risk', 'technical_question', 'account_question', 'complaint', 'urgent_request'].includes(category)) return true
  return ['spam', 'irrelevant', 'thanks_only', 'peer_answered', 'own_or_staff', 'duplicate'].includes(category) ? false : undefined
}

function breaks(category: Category): boolean | undefined {
  if (category === 'complaint' || category === 'outage_report') return true
  return ['spam', 'irrelevant', 'thanks_only', 'positive_feedback', 'peer_answered'].includes(category) ? false : undefined
}

/** Guess less aim, rare answers louder than frequent ones. */
function slopesOf(draft: Draft, guesses: Float64Array, aims: Float64Array): Float64Array {
  const slopes = new Float64Array(headTotal)
  for (const [from, to] of groups) {
    if (Number.isNaN(aims[from]!)) continue
    let heard = 0
    let here = 0
    const answers = to - from === 1 ? 2 : to - from
    if (to - from === 1) {
      heard = draft.heard[from]!
      draft.heard[from] = heard + (aims[from]! > 0.5 ? 1 : -1)
      // Yes and no are kept in one number: their difference.
      here = draft.corrections / 2 + (aims[from]! > 0.5 ? heard : -heard) / 2
    } else {
      for (let h = from; h < to; h++) here += aims[h]! * draft.heard[h]!
      for (let h = from; h < to; h++) draft.heard[h] = draft.heard[h]! + aims[h]!
    }
    const louder = Math.sqrt((draft.corrections + 2 * answers) / (answers * (Math.max(0, here) + 2)))
    const weight = Math.min(step.strongest, Math.max(step.weakest, louder))
    for (let h = from; h < to; h++) slopes[h] = (guesses[h]! - aims[h]!) * weight
  }
  return slopes
}

function guessedBefore(guesses: Float64Array, correction: Correction, reading: Reading): Before['guesses'] {
  const found: Before['guesses'] = []
  const best = (subject: Before['guesses'][number]['subject'], labels: readonly string[], from: number, right: string) => {
    let top = 0
    for (let h = 1; h < labels.length; h++) if (guesses[from + h]! > guesses[from + top]!) top = h
    found.push({ subject, guessed: labels[top]!, sure: guesses[from + top]!, right })
  }
  const yesOrNo = (subject: 'actionable' | 'complaint', at: number, right: boolean) => {
    const yes = guesses[at]! >= 0.5
    found.push({ subject, guessed: yes ? 'yes' : 'no', sure: yes ? guesses[at]! : 1 - guesses[at]!, right: right ? 'yes' : 'no' })
  }
  if (correction.sentiment) best('sentiment', sentimentHeads, 0, correction.sentiment)
  if (correction.category) best('category', judgedCategories, feelings, correction.category)
  if (correction.kind) {
    const sums = new Float64Array(kinds.length)
    const feeling = { negative: guesses[0]!, positive: guesses[2]! }
    for (let h = 0; h < judgedCategories.length; h++) {
      const fold = foldOf(judgedCategories[h]!, reading, feeling)
      for (let k = 0; k < kinds.length; k++) sums[k]! += guesses[feelings + h]! * (fold[kinds[k]!] ?? 0)
    }
    let top = 0
    for (let k = 1; k < kinds.length; k++) if (sums[k]! > sums[top]!) top = k
    found.push({ subject: 'kind', guessed: kinds[top]!, sure: sums[top]!, right: correction.kind })
  }
  if (correction.priority) best('priority', priorities, feelings + judgedCategories.length, correction.priority)
  if (correction.actionable !== undefined) yesOrNo('actionable', headTotal - 2, correction.actionable)
  if (correction.complaint !== undefined) yesOrNo('complaint', headTotal - 1, correction.complaint)
  return found
}

/** How well each label was guessed before it was learnt, with how many it was measured on; most frequent first. */
export interface LabelAccuracy {
  label: string
  /** Corrections that say so. */
  n: number
  /** Of those guessed so, how many were right; null: never guessed. */
  precision: number | null
  /** Of those that were so, how many were guessed; null: there was none. */
  recall: number | null
}

export function accuracyOf(before: readonly Before[], subject: Before['guesses'][number]['subject']): LabelAccuracy[] {
  const counts = new Map<string, { n: number; said: number; right: number }>()
  const of = (label: string) => counts.get(label) ?? (counts.set(label, { n: 0, said: 0, right: 0 }), counts.get(label)!)
  for (const { guesses } of before) {
    for (const guess of guesses) {
      if (guess.subject !== subject) continue
      of(guess.right).n++
      of(guess.guessed).said++
      if (guess.right === guess.guessed) of(guess.right).right++
    }
  }
  return [...counts]
    .map(([label, { n, said, right }]) => ({ label, n, precision: said > 0 ? right / said : null, recall: n > 0 ? right / n : null }))
    .sort((a, b) => b.n - a.n || (a.label < b.label ? -1 : 1))
}

/** The words that the corrections moved most towards a category, for "what 38 corrections changed". */
export function movedWords(
  layer: LearntLayer,
  corrections: readonly Correction[],
  most = 20,
): { word: string; category: Category; points: number }[] {
  const moved = new Map<string, { word: string; category: Category; points: number }>()
  for (const { text } of corrections) {
    const reading = readMention(text)
    const features = featuresOf(reading)
    const sums = new Map<number, Float64Array>()
    for (let f = 0; f < features.size; f++) {
      const owner = features.owners[f]!
      const row = layer.nudges.get(features.slots[f]! & mask)
      if (owner < 0 || !row || reading.words[owner]!.kind !== 'word') continue
      const sum = sums.get(owner) ?? new Float64Array(judgedCategories.length)
      for (let h = 0; h < judgedCategories.length; h++) sum[h]! += row[feelings + h]! * features.values[f]!
      sums.set(owner, sum)
    }
    for (const [owner, sum] of sums) {
      const word = reading.words[owner]!.form
      for (let h = 0; h < judgedCategories.length; h++) {
        const key = `${word} ${h}`
        const known = moved.get(key)
        if (!known || Math.abs(sum[h]!) > Math.abs(known.points)) moved.set(key, { word, category: judgedCategories[h]!, points: sum[h]! })
      }
    }
  }
  return [...moved.values()].sort((a, b) => Math.abs(b.points) - Math.abs(a.points) || (a.word < b.word ? -1 : 1)).slice(0, most)
}

/** The shipped scorer with a workspace's layer on top; give it to `judge`. Reasons name the corrected words. */
export function taughtScorer(scorer: Scorer, layer: LearntLayer): Scorer {
  if (layer.corrections === 0) return scorer
  return {
    name: scorer.name,
    model: `${scorer.model}+${layer.corrections}`,
    score(reading, speaksToBrand) {
      const scores = scorer.score(reading, speaksToBrand)
      const { features } = scores.logits
      const odds = oddsWith(layer, scores, features)
      const parts = (head: CareHead) => taughtParts(layer, scores.partsOf(head), features, feelings + careHeads.indexOf(head))
      return scoresOf({ sentiment: odds.slice(0, feelings), care: odds.slice(feelings), features }, parts, reading)
    },
  }
}

function taughtParts(layer: LearntLayer, parts: Parts, features: Features, head: number): Parts {
  const words = parts.words.slice()
  let { together } = parts
  for (let f = 0; f < features.size; f++) {
    const row = layer.nudges.get(features.slots[f]! & mask)
    if (!row) continue
    const points = row[head]! * features.values[f]!
    const owner = features.owners[f]!
    if (owner < 0) together += points
    else words[owner]! += points
  }
  return { ...parts, words, together, taught: parts.taught + layer.bias[head]! }
}

/** The layer as text, to keep beside the log; `readLayer` gives the same layer back. */
export function writeLayer(layer: LearntLayer): string {
  const slots = [...layer.nudges.keys()].sort((a, b) => a - b)
  const numbers = new Float32Array(slots.length * (headTotal + 1))
  slots.forEach((slot, i) => numbers.set(layer.nudges.get(slot)!, i * (headTotal + 1)))
  return JSON.stringify({
    heads: headTotal,
    corrections: layer.corrections,
    heard: [...layer.heard],
    bias: [...layer.bias],
    slots,
    nudges: Buffer.from(numbers.buffer).toString('base64'),
  })
}

/** @throws when it was written for other heads: replay the log instead. */
export function readLayer(written: string): LearntLayer {
  const { heads, corrections, heard, bias, slots, nudges } = JSON.parse(written) as {
    heads: number
    corrections: number
    heard: number[]
    bias: number[]
    slots: number[]
    nudges: string
  }
  if (heads !== headTotal) throw new Error('this layer was learnt for other heads: replay the corrections')
  const bytes = Buffer.from(nudges, 'base64')
  const numbers = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
  const width = headTotal + 1
  return {
    corrections,
    heard: Float64Array.from(heard),
    bias: Float32Array.from(bias),
    nudges: new Map(slots.map((slot, i) => [slot, numbers.slice(i * width, (i + 1) * width)])),
  }
}
