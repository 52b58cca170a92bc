// What learning needs of a text, packed to stand beside its correction: numbers from which no word can be read, so learning outlives the words.
import { createHash } from 'node:crypto'
import { bareContext } from './bare.ts'
import type { Scorer } from './scorer.ts'
import { measureNames } from './signals/features.ts'
import { careHeads, type Logits, sentimentHeads } from './signals/heads.ts'
import { readMention } from './signals/reading.ts'

/** The features' hashes and values, and what the shipped heads had said of them. */
export function packExample(text: string, scorer: Scorer): Buffer {
  const { sentiment, care, features } = scorer.score(readMention(text), bareContext(text).addressesUs).logits
  const head = Buffer.alloc(HEAD)
  fingerprint.copy(head, 0, 0, 4)
  hashOf(scorer.model).copy(head, 4, 0, 4)
  head.writeUInt32LE(features.size, 8)
  // Copies: the reading's arrays are used again by the next one.
  return Buffer.concat([
    head,
    bytesOf(sentiment),
    bytesOf(care),
    bytesOf(features.slots.slice(0, features.size)),
    bytesOf(features.values.slice(0, features.size)),
  ])
}

/** Null: packed by a Heed whose features or heads meant something else. `isOtherModel`: the heads have been trained anew since. */
export function unpackExample(packed: Uint8Array, scorer: Pick<Scorer, 'model'>): { logits: Logits; isOtherModel: boolean } | null {
  // A copy of its own: typed arrays want their bytes aligned.
  const bytes = Buffer.from(Uint8Array.from(packed).buffer)
  if (bytes.length < HEAD || !fingerprint.subarray(0, 4).equals(bytes.subarray(0, 4))) return null
  const size = bytes.readUInt32LE(8)
  if (bytes.length !== HEAD + LOGITS + size * 8) return null
  const cut = (from: number, length: number) => Uint8Array.from(bytes.subarray(from, from + length)).buffer
  const logits: Logits = {
    sentiment: new Float64Array(cut(HEAD, sentimentHeads.length * 8)),
    care: new Float64Array(cut(HEAD + sentimentHeads.length * 8, careHeads.length * 8)),
    features: {
      slots: new Int32Array(cut(HEAD + LOGITS, size * 4)),
      values: new Float32Array(cut(HEAD + LOGITS + size * 4, size * 4)),
      owners: new Int32Array(size).fill(-1),
      size,
      measures: new Float64Array(measureNames.length),
    },
  }
  return { logits, isOtherModel: !hashOf(scorer.model).subarray(0, 4).equals(bytes.subarray(4, 8)) }
}

const hashOf = (text: string) => createHash('sha256').update(text).digest()
const fingerprint = hashOf([...measureNames, ...sentimentHeads, ...careHeads].join())
const bytesOf = (array: Int32Array | Float32Array | Float64Array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength)
const HEAD = 12
const LOGITS = (sentimentHeads.length + careHeads.length) * 8
