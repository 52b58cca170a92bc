// The trained heads: what each thinks of a text, and which words made it think so.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Category, Priority } from '../../domain.ts'
import { exp } from './exactly.ts'
import { type Features, featuresOf, feelingMeasure, measureNames } from './features.ts'
import type { Reading } from './reading.ts'

export const judgedCategories = [
  'outage_report',
  'pr_risk',
  'technical_question',
  'account_question',
  'complaint',
  'urgent_request',
  'general_reference',
  'positive_feedback',
  'untargeted_comment',
  'spam',
  'irrelevant',
  'thanks_only',
  'peer_answered',
] as const satisfies readonly Category[]
export type JudgedCategory = (typeof judgedCategories)[number]

export const sentimentHeads = ['negative', 'neutral', 'positive'] as const
export const priorities = ['urgent', 'high', 'normal', 'low'] as const satisfies readonly Priority[]
/** `breach`: something was expected and not given, whatever the category. */
export const careHeads = [...judgedCategories, ...priorities, 'actionable', 'breach'] as const
export type CareHead = (typeof careHeads)[number]
/** Heads that share one probability (softmax); one alone answers yes or no. From, and up to but not including. */
export const careGroups: readonly (readonly [number, number])[] = [
  [0, judgedCategories.length],
  [judgedCategories.length, judgedCategories.length + priorities.length],
  [careHeads.length - 2, careHeads.length - 1],
  [careHeads.length - 1, careHeads.length],
]

/** Weights of heads over the same features: `hashed[slot * heads + head]` in steps of `steps[head]`. */
export interface Layer {
  heads: readonly string[]
  bits: number
  bias: number[]
  steps: number[]
  /** `measures[measure][head]` */
  measures: number[][]
  hashed: Int8Array
}
export interface Weights {
  model: string
  sentiment: Layer
  care: Layer
}

/** One file: a line of JSON, then the int8 weights of both layers. */
export function readWeights(file: Buffer): Weights {
  const end = file.indexOf(10)
  const head = JSON.parse(file.toString('utf8', 0, end)) as {
    model: string
    measures: string[]
    sentiment: Omit<Layer, 'hashed'>
    care: Omit<Layer, 'hashed'>
  }
  if (head.measures.join() !== measureNames.join() || head.care.heads.join() !== careHeads.join())
    throw new Error('triage weights were trained for other features: run triage/train.ts')
  const sentimentSize = head.sentiment.heads.length * 2 ** head.sentiment.bits
  const at = file.byteOffset + end + 1
  return {
    model: head.model,
    sentiment: { ...head.sentiment, hashed: new Int8Array(file.buffer, at, sentimentSize) },
    care: { ...head.care, hashed: new Int8Array(file.buffer, at + sentimentSize, head.care.heads.length * 2 ** head.care.bits) },
  }
}

/** The folder of the weights, from the sources and from dist/ alike: the nearest folder above that holds them. */
export function findWeightsFile(from: string, name = 'heads.bin'): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, 'triage', 'weights', name)
    if (existsSync(file)) return file
    if (dirname(folder) === folder) throw new Error(`triage/weights/${name} is missing: run triage/train.ts`)
  }
}

export function loadWeights(): Weights {
  return readWeights(readFileSync(findWeightsFile(import.meta.dirname)))
}

/** What every scorer answers: log-odds of each head, as measured on the words alone. */
export interface Logits {
  /** negative, neutral, positive */
  sentiment: Float64Array
  /** By number of `careHeads`. */
  care: Float64Array
  features: Features
}

/** A mention to a brand is more often about a problem than the texts the sentiment heads were trained on. Those were English: measured there, used there. */
export const carePrior = { negative: 0, positive: -1.5 }
/** And what people post to nobody is a little more often bitter. */
export const talkPrior = { negative: 0.3 }

export function scoreWeights(weights: Weights, reading: Reading, speaksToBrand: boolean): Logits {
  const features = featuresOf(reading)
  const sentiment = scoreLayer(weights.sentiment, features)
  if (reading.language === 'en' || reading.language === null) {
    sentiment[0]! += speaksToBrand ? carePrior.negative : talkPrior.negative
    if (speaksToBrand) sentiment[2]! += carePrior.positive
  }
  if (saysTheOpposite(reading)) {
    sentiment[0]! += 3
    sentiment[2]! -= 3
  }
  const shares = softmax(sentiment)
  features.measures[feelingMeasure] = shares[2]! - shares[0]!
  return { sentiment, care: scoreLayer(weights.care, features), features }
}

/** "great, thanks 🙄", "thanks for nothing": the praise is the complaint. */
export function saysTheOpposite(reading: Reading): boolean {
  return reading.counts.has('sarcasm') && (reading.counts.has('praise') || reading.counts.has('gratitude'))
}

export function scoreLayer(layer: Layer, features: Features): Float64Array {
  const heads = layer.heads.length
  const mask = 2 ** layer.bits - 1
  const scores = new Float64Array(heads)
  const { slots, values, size, measures } = features
  const { hashed, steps, bias } = layer
  for (let f = 0; f < size; f++) {
    const at = (slots[f]! & mask) * heads
    const value = values[f]!
    for (let h = 0; h < heads; h++) scores[h]! += hashed[at + h]! * value
  }
  for (let h = 0; h < heads; h++) scores[h] = scores[h]! * steps[h]! + bias[h]!
  for (let m = 0; m < measures.length; m++) {
    const value = measures[m]!
    if (value === 0) continue
    const row = layer.measures[m]!
    for (let h = 0; h < heads; h++) scores[h]! += row[h]! * value
  }
  return scores
}

/** What one head's score is made of: bias, words, together, taught and measures sum to it. */
export interface Parts {
  bias: number
  /** By number of the reading's words. */
  words: Float64Array
  /** What several words say only together. */
  together: number
  /** By number of `measureNames`. */
  measures: Float64Array
  /** What corrections added as a whole, beside what they added word by word. */
  taught: number
}

export function partsOf(layer: Layer, head: number, features: Features, wordTotal: number): Parts {
  const heads = layer.heads.length
  const mask = 2 ** layer.bits - 1
  const step = layer.steps[head]!
  const words = new Float64Array(wordTotal)
  let together = 0
  for (let f = 0; f < features.size; f++) {
    const points = layer.hashed[(features.slots[f]! & mask) * heads + head]! * step * features.values[f]!
    const owner = features.owners[f]!
    if (owner < 0) together += points
    else words[owner]! += points
  }
  const measures = new Float64Array(features.measures.length)
  for (let m = 0; m < measures.length; m++) measures[m] = features.measures[m]! * layer.measures[m]![head]!
  return { words, together, measures, bias: layer.bias[head]!, taught: 0 }
}

export function softmax(logits: Float64Array, from = 0, to = logits.length): Float64Array {
  const shares = new Float64Array(to - from)
  let top = -Infinity
  for (let h = from; h < to; h++) top = Math.max(top, logits[h]!)
  let total = 0
  for (let h = from; h < to; h++) total += shares[h - from] = exp(logits[h]! - top)
  for (let h = 0; h < shares.length; h++) shares[h]! /= total
  return shares
}

export function sigmoid(odds: number): number {
  return 1 / (1 + exp(-odds))
}
