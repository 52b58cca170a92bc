// Takes a category's score apart into reasons a rep can read; together they are the score.
import type { Reason } from '../../domain.ts'
import { type CueName, cueMeaning } from '../lexicon/cues.ts'
import { measureNames } from './features.ts'
import type { CareHead, Parts } from './heads.ts'
import type { Reading } from './reading.ts'
import { quote, type Rule } from './rule.ts'

/** Smaller parts are summed up as "the rest of the wording". */
const worthNaming = 0.05
/** Small words weigh, but explain nothing. */
const tooSmall = new Set(
  'a an the and or of to in on at for from by with as is are was were be been am i im ive my me we our us you your it its this that these those he she they them his her their do does did have has had will would can could not no so if then than there here just up out about into over el la los de que en y un una es der die das und ich ist zu le les des et je que o os as da do e il lo che di per het een ik van bir ve bu'.split(
    ' ',
  ),
)
const sentimentMeasures = new Set(['pleasant', 'unpleasant', 'balance', 'mixed', 'lastRating', 'praiseThenTrouble', 'feeling'])

/** What any scorer hands over; see scorer.ts. */
export interface Scored {
  sentiment: { negative: number; positive: number }
  partsOf(head: CareHead): Parts
}

/** All reasons together are the log-odds of the confidence. `rivals`: how strongly the other categories are spoken for, in the same points. */
export function reasonsFor(scores: Scored, reading: Reading, head: CareHead, rules: readonly Rule[], rivals: number): Reason[] {
  const parts = scores.partsOf(head)
  const reasons: Reason[] = [
    { signal: 'start', points: parts.bias, because: 'where every mention starts' },
    { signal: 'rivals', points: -rivals, because: 'what speaks for the other categories' },
  ]
  for (const rule of rules) {
    reasons.push({ signal: rule.signal, points: rule.points, because: rule.because, ...(rule.span ? { span: rule.span } : {}) })
  }
  const wordPoints = parts.words
  const named = new Set<CueName>()
  for (const cue of reading.cues) {
    if (named.has(cue.name)) continue
    named.add(cue.name)
    let points = parts.measures[measureNames.indexOf(`cue:${cue.name}`)]!
    for (let i = cue.at; i < reading.words.length && reading.words[i]!.end <= cue.end; i++) {
      points += wordPoints[i]!
      wordPoints[i] = 0
    }
    const sameRule = reasons.find(reason => reason.span?.[0] === cue.start && reason.span[1] === cue.end)
    if (sameRule) sameRule.points += points
    else reasons.push({ signal: cue.name, points, because: `${quote(reading, cue)}: ${cueMeaning[cue.name]}`, span: [cue.start, cue.end] })
  }
  let feeling = 0
  let shape = 0
  for (let m = 0; m < parts.measures.length; m++) {
    const name = measureNames[m]!
    if (name.startsWith('cue:')) continue
    if (sentimentMeasures.has(name)) feeling += parts.measures[m]!
    else shape += parts.measures[m]!
  }
  reasons.push({ signal: 'sentiment', points: feeling, because: feelingWords(reading, scores) })
  reasons.push({ signal: 'shape', points: shape, because: 'how it is written: length, marks, whom it speaks to' })
  if (parts.taught !== 0)
    reasons.push({ signal: 'corrections', points: parts.taught, because: 'what corrections taught about mentions like this' })
  let rest = parts.together
  for (let i = 0; i < wordPoints.length; i++) {
    const points = wordPoints[i]!
    const word = reading.words[i]!
    const isNamed =
      Math.abs(points) >= worthNaming &&
      !tooSmall.has(word.form) &&
      (word.kind === 'word' || word.kind === 'hashtag' || word.kind === 'emoji')
    if (isNamed) reasons.push({ signal: 'word', points, because: quote(reading, word), span: [word.start, word.end] })
    else rest += points
  }
  reasons.push({ signal: 'wording', points: rest, because: 'the rest of the wording' })
  return reasons.filter(reason => reason.points !== 0).sort((a, b) => Math.abs(b.points) - Math.abs(a.points))
}

function feelingWords(reading: Reading, scores: Scored): string {
  const value = scores.sentiment.positive - scores.sentiment.negative
  const strongest = reading.words
    .map((word, i) => ({ word, rating: reading.ratings[i]! }))
    .filter(({ rating }) => rating !== 0)
    .sort((a, b) => Math.abs(b.rating) - Math.abs(a.rating))
    .slice(0, 2)
    .map(({ word }) => quote(reading, word))
  return `sentiment ${signed(value)}${strongest.length > 0 ? ` with ${strongest.join(', ')}` : ''}`
}

export function signed(value: number): string {
  const rounded = Math.round(value * 10) / 10
  return rounded < 0 ? `−${Math.abs(rounded).toFixed(1)}` : rounded > 0 ? `+${rounded.toFixed(1)}` : '0.0'
}
