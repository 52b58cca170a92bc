// What a watch term's searches and stream say of time: since when every post is found, and whether it is told at once; pure.
import { clockRange, clockTime } from './coverage-time.ts'
import type { Asked, GapWords, Source } from './coverage-words.ts'

export interface TermWords {
  name: string
  tone: 'good' | 'warn' | 'neutral'
  words: string
}

export function termWords(sources: readonly Source[], gaps: readonly GapWords[], asked: Asked): TermWords[] {
  return sources
    .filter(source => source.kind === 'search')
    .map(search => {
      const stream = sources.find(source => source.kind === 'stream' && source.term === search.term)
      const name = search.term ?? search.label
      if (!search.spans.length) return { name, tone: 'neutral', words: 'Not searched for yet.' }
      const its = gaps.filter(gap => gap.label === search.label)
      const found = foundWords(search, its, asked)
      const told = stream?.spans.length ? streamWords(stream, asked) : null
      return {
        name,
        tone: found.isWell && told?.isWell !== false ? 'good' : 'warn',
        words: [found.words, told?.words ?? ''].join(' ').trim(),
      }
    })
}

function foundWords({ spans }: Source, gaps: readonly GapWords[], { since, now, zone }: Asked) {
  const waits = gaps.find(gap => gap.isGoingOn && gap.span.state === 'open')
  if (waits) return { isWell: false, words: `Not searched for since ${clockTime(waits.span.fromAt, now, zone)}: ${waits.cause}.` }
  const lost = gaps.filter(gap => gap.span.state === 'lost')
  const last = lost.reduce((latest, gap) => Math.max(latest, gap.span.untilAt.getTime()), 0)
  const begin = new Date(Math.max(since.getTime(), spans[0]!.fromAt.getTime(), last))
  const words = `Every post since ${clockTime(begin, now, zone)} found, as far as the search of ${clockTime(spans.at(-1)!.untilAt, now, zone)}.`
  if (!lost.length) return { isWell: true, words }
  return { isWell: false, words: `${words} Lost: ${clockRange(lost[0]!.span, now, zone).join(' to ')}.` }
}

/** A stream only hastens what searches find. */
function streamWords({ spans }: Source, { now, zone }: Asked) {
  const last = spans.at(-1)!
  if (last.state === 'covered') return { isWell: true, words: 'It is told at once.' }
  const broken = spans.findLast((span, n) => span.state !== 'covered' && (n === 0 || spans[n - 1]!.state === 'covered'))!
  return { isWell: false, words: `The stream is broken since ${clockTime(broken.fromAt, now, zone)}: only searches find it meanwhile.` }
}
