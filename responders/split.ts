// Cuts a text too long for one post into a thread: pure, so that the composer shows the very cuts that will be sent.
import { unsign } from './signature.ts'

export interface Piece {
  /** As it is sent: with its marker, the last one signed. */
  text: string
  /** The white space that stood between the piece before and this one. */
  joint: string
}
export type Split = { ok: true; pieces: Piece[] } | { ok: false; because: string }

export interface SplitRule {
  limit: number
  /** The platform's own count of a text as it is sent. */
  count: (text: string) => number
  sign: (words: string) => string
  /** How many parts of this thread are out already: the numbers go on from there. */
  out?: number
}

/** More than this is no answer but an article. */
export const MOST_PARTS = 10

/**
 * Where it can, a piece ends with a paragraph, else a line, a sentence, a word; never inside a link, a handle, a tag, or what a reader sees
 * as one letter. ` (2/3)` stands at each piece's end: in front it would come between a handle and the answer it begins. What fits stays whole.
 */
export function splitText(text: string, rule: SplitRule): Split {
  const words = unsign(text)
  const out = rule.out ?? 0
  if (out === 0 && rule.count(rule.sign(words)) <= rule.limit) return { ok: true, pieces: [{ text: rule.sign(words), joint: '' }] }
  const places = findPlaces(words)
  // As wide as the widest marker may become, so that the real one always fits.
  for (const widest of [9, 99]) {
    const cuts = cut(words, places, rule, out, widest)
    if (cuts === null)
      return { ok: false, because: 'A link or a name in it is longer than one post: shorten that, it would not survive a cut.' }
    if (cuts.length + out > widest) continue
    return cuts.length > MOST_PARTS
      ? { ok: false, because: `It would take ${cuts.length} posts, and ${MOST_PARTS} is the most: shorten it.` }
      : { ok: true, pieces: cuts.map((one, n) => marked(one, n, cuts.length, rule, out)) }
  }
  return { ok: false, because: `It would take more than ${MOST_PARTS} posts: shorten it.` }
}

/** The words of a thread as they were before they were cut. */
export function joinPieces(pieces: readonly { text: string; joint: string | null }[]): string {
  return pieces.map(({ text, joint }, n) => (n === 0 ? '' : (joint ?? ' ')) + unsign(text).replace(MARKER, '')).join('')
}

interface Cut {
  words: string
  joint: string
}
function marked({ words, joint }: Cut, n: number, parts: number, rule: SplitRule, out: number): Piece {
  const text = `${words}${markerOf(out + n + 1, out + parts)}`
  return { text: n === parts - 1 ? rule.sign(text) : text, joint }
}

function cut(words: string, places: Places, rule: SplitRule, out: number, widest: number): Cut[] | null {
  const cuts: Cut[] = []
  let start = 0
  let joint = ''
  while (cuts.length + out <= widest) {
    const marker = markerOf(cuts.length + out + 1, widest)
    if (rule.count(rule.sign(words.slice(start) + marker)) <= rule.limit) return [...cuts, { words: words.slice(start), joint }]
    const place = choose(words, start, places, end => rule.count(words.slice(start, end) + marker) <= rule.limit)
    if (!place) return null
    cuts.push({ words: words.slice(start, place.end), joint })
    joint = words.slice(place.end, place.next)
    start = place.next
  }
  return cuts
}

/** Where a text may be cut: what comes before `end` and what comes from `next` on stay; the white space between goes. */
interface Place {
  end: number
  next: number
  kind: 'paragraph' | 'line' | 'sentence' | 'word'
}
interface Places {
  natural: Place[]
  /** Ends of letters as readers see them, outside links and names. */
  letters: number[]
  /** Those where a word begins: for scripts without spaces. */
  wordStarts: Set<number>
}

/** The best place that fits; a sentence's end counts more than a few words of room. */
function choose(words: string, start: number, { natural, letters, wordStarts }: Places, fits: (end: number) => boolean): Place | null {
  const ahead = natural.filter(place => place.end > start && place.next < words.length)
  const farthest = lastFitting(ahead, place => fits(place.end))
  const inside = letters.filter(end => end > start && end < words.length)
  const hard = lastFitting(inside, fits)
  const room = Math.max(farthest?.end ?? 0, hard ?? 0) - start
  for (const [kind, share] of WORTH) {
    const place = ahead.findLast(
      one => one.kind === kind && one.end <= (farthest?.end ?? 0) && one.end - start >= room * share && fits(one.end),
    )
    if (place) return place
  }
  if (hard === null) return farthest
  const at = inside.findLast(end => end <= hard && wordStarts.has(end) && end - start >= room * LEAST_SHARE && fits(end)) ?? hard
  return farthest && farthest.end >= at ? farthest : { end: at, next: at, kind: 'word' }
}

/** Longer is never counted shorter, but for oddities of a platform's count: those are walked back. */
function lastFitting<T>(sorted: readonly T[], fits: (one: T) => boolean): T | null {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (fits(sorted[middle]!)) low = middle + 1
    else high = middle
  }
  for (let at = low - 1; at >= 0; at--) if (fits(sorted[at]!)) return sorted[at]!
  return null
}

function findPlaces(words: string): Places {
  const whole = [...words.matchAll(WHOLE)].map(found => [found.index, found.index + found[0].length] as const)
  const isWhole = (at: number) => whole.some(([from, to]) => at > from && at < to)
  const letters = [...LETTERS.segment(words)].map(one => one.index + one.segment.length)
  const ends = new Set([0, ...letters])
  const mayCut = (at: number) => ends.has(at) && !isWhole(at)
  const gaps = [...words.matchAll(GAP)].map(({ index: end, 0: gap }): Place => {
    const breaks = gap.split(/\r\n|[\n\r\u2028\u2029]/).length - 1
    const isSentence = SENTENCE_END.test(words.slice(Math.max(0, end - 8), end))
    return { end, next: end + gap.length, kind: breaks > 1 ? 'paragraph' : breaks === 1 ? 'line' : isSentence ? 'sentence' : 'word' }
  })
  const stops = [...words.matchAll(FULL_STOP)].map(({ index, 0: stop }): Place => {
    const end = index + stop.length
    return { end, next: end, kind: 'sentence' }
  })
  const natural = [...gaps, ...stops].filter(place => mayCut(place.end) && mayCut(place.next)).sort((a, b) => a.end - b.end)
  const starts = [...WORDS.segment(words)].filter(one => one.isWordLike && !OPENING.test(words[one.index - 1] ?? ''))
  return { natural, letters: letters.filter(at => !isWhole(at)), wordStarts: new Set(starts.map(one => one.index)) }
}

const markerOf = (nth: number, of: number) => ` (${nth}/${of})`
const MARKER = / \(\d+\/\d+\)$/

/** How much of the room a piece must fill to end there. */
const LEAST_SHARE = 1 / 3
const WORTH: readonly (readonly [Place['kind'], number])[] = [
  ['paragraph', 2 / 5],
  ['line', 2 / 5],
  ['sentence', 2 / 5],
  ['word', LEAST_SHARE],
]

/** Links, e-mail addresses, handles with or without a server, tags, open placeholders: cut in two they are none. */
const WHOLE =
  /\{\{[^{}]*\}\}|\b(?:https?:\/\/|www\.)[^\s<>"“”]+|[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+|[@＠][\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?(?:@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+)?|[#＃][\p{L}\p{M}\p{N}_]+|(?:[\p{L}\p{N}_-]+\.)+\p{L}{2,}(?:[/?#][^\s<>"“”]*)?/gu
/** White space, but not what is there to hold two words together. */
const GAP = /(?![\u00a0\u202f\ufeff]+(?!\s))\s+/gu
const OPENING = /[\p{Ps}\p{Pi}]/u
const SENTENCE_END = /[.!?…。！？][\p{Pe}\p{Pf}"']*$/u
/** A sentence's end where no space follows. */
const FULL_STOP = /[。！？]+[\p{Pe}\p{Pf}]*(?=\S)/gu
const LETTERS = new Intl.Segmenter('und', { granularity: 'grapheme' })
const WORDS = new Intl.Segmenter('und', { granularity: 'word' })
