// Cues lit in a customer's words: offsets, overlaps, emoji.
import { expect, test } from 'vitest'
import type { Reason } from '../../domain.ts'
import { cutAtCues } from '../../web/parts/lit.tsx'

const cue = (span: [number, number] | undefined, points = 1): Reason => ({
  signal: 's',
  points,
  because: `because ${points}`,
  ...(span ? { span } : {}),
})
const lit = (text: string, reasons: Reason[]) =>
  cutAtCues(text, reasons)
    .map(piece => (piece.because === null ? piece.text : `[${piece.text}]`))
    .join('')

test('cues are lit where they stand', () => {
  expect(lit('third time late', [cue([0, 10], 2), cue([11, 15])])).toBe('[third time] [late]')
})
test('offsets are UTF-16: a cue after an emoji is lit exactly', () => {
  const text = '😡👨‍👩‍👧 still no parcel 🙄'
  const start = text.indexOf('still no')
  expect(lit(text, [cue([start, start + 8])])).toBe('😡👨‍👩‍👧 [still no] parcel 🙄')
})
test('an emoji is never cut in two', () => {
  expect(lit('a😡b', [cue([2, 3])])).toBe('a[😡]b')
})
test('overlapping cues light once, with the weightier one’s words', () => {
  expect(cutAtCues('third time late', [cue([0, 10], 1), cue([6, 15], 3)])).toEqual([
    { text: 'third ', because: null },
    { text: 'time late', because: 'because 3' },
  ])
})
test('only the weightiest three that speak for it are lit', () => {
  expect(lit('a b c d e', [cue([0, 1], 1), cue([2, 3], 2), cue([4, 5], 3), cue([6, 7], 4), cue([8, 9], -9)])).toBe('a [b] [c] [d] e')
})
test('a span beyond the text, as after an edit, lights what is there or nothing', () => {
  expect(lit('short', [cue([2, 99], 2), cue([50, 60])])).toBe('sh[ort]')
})
test('no words are lost, whatever the spans', () => {
  const text = 'ñandú 😀 日本語 text'
  for (let i = 0; i < 200; i++) {
    const reasons = [0, 1, 2, 3].map(n => cue([(i * 7 + n * 3) % 20, (i * 5 + n * 11) % 25]))
    expect(
      cutAtCues(text, reasons)
        .map(piece => piece.text)
        .join(''),
    ).toBe(text)
  }
})
