// The trained heads: what each thinks of a text, and which words made it think so.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Category } from '../../domain.ts'
import { feelingMeasure, featuresOf, measureNames, type Features } from './features.ts'
import type { Reading } from './reading.ts'

export const judgedCategories = [
  'outage_report', 'pr_risk', 'technical_question', 'account_question', 'complaint', 'urgent_request', 'general_reference',
  'positive_feedback', 'untargeted_comment', 'spam', 'irrelevant', 'thanks_only', 'peer_answered',
] as const satisfies readonly Category[]
export type JudgedCategory = (typeof judgedCategories)[number]

export const sentimentHeads = ['negative', 'neutral', 'positive'] as const
/** `pressing`: urgent or high. */
export const careHeads = [...judgedCategories, 'actionable', 'pressing'] as const
export type CareHead = (typeof careHeads)[number]

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
  if (head.measures.join() !== measureNames.join()) throw new Error('triage weights were trained for other features: run triage/train.ts')
  const sentimentSize = head.sentiment.heads.length * 2 ** head.sentiment.bits
  const at = file.byteOffset + end + 1
  return {
    model: head.model,
    sentiment: { ...head.sentiment, hashed: new Int8Array(file.buffer, at, sentimentSize) },
    care: { ...head.care, hashed: new Int8Array(file.buffer, at + sentimentSize, head.care.heads.length * 2 ** head.care.bits) },
  }
}

/** The project's root, from the sources and from dist/ alike: the nearest folder above that holds the weights. */
export function findWeightsFile(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, 'triage', 'weights', 'heads.bin')
    if (existsSync(file)) return file
    if (dirname(folder) === folder) throw new Error('triage/weights/heads.bin is missing: run triage/train.ts')
  }
}

export function loadWeights(): Weights {
  return readWeights(readFileSync(findWeightsFile(import.meta.dirname)))
}

export interface Scores {
  /** Probabilities. */
  sentiment: { negative: number; neutral: number; positive: number }
  /** By number of `careHeads`: the categories' against one another, the others' log-odds. */
  care: Float64Array
  features: Features
}

/** A mention to a brand is more often about a problem than the texts the sentiment heads were trained on. */
export const carePrior = { negative: 0, positive: -1.75 }

export function scoreReading(weights: Weights, reading: Reading, speaksToBrand: boolean): Scores {
  const features = featuresOf(reading)
  const logits = scoreLayer(weights.sentiment, features)
  if (speaksToBrand) {
    logits[0]! += carePrior.negative
    logits[2]! += carePrior.positive
  }
  if (saysTheOpposite(reading)) {
    logits[0]! += 3
    logits[2]! -= 3
  }
  const top = Math.max(logits[0]!, logits[1]!, logits[2]!)
  const e = [Math.exp(logits[0]! - top), Math.exp(logits[1]! - top), Math.exp(logits[2]! - top)] as const
  const sum = e[0] + e[1] + e[2]
  const sentiment = { negative: e[0] / sum, neutral: e[1] / sum, positive: e[2] / sum }
  features.measures[feelingMeasure] = sentiment.positive - sentiment.negative
  return { sentiment, care: scoreLayer(weights.care, features), features }
}

/** "great, thanks 🙄", "thanks for nothing": the praise is the complaint. */
function saysTheOpposite(reading: Reading): boolean {
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

/** What one head's score is made of: the sum of the parts and the bias is the score. */
export function partsOf(layer: Layer, head: number, features: Features, wordTotal: number): { words: Float64Array; together: number; measures: Float64Array; bias: number } {
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
  return { words, together, measures, bias: layer.bias[head]! }
}
