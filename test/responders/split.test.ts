// A thread: nothing of the text is lost, no part is too long by the platform's own count, and nothing that belongs together is cut.
import { describe, expect, it, test } from 'vitest'
import { connectors } from '../../connectors/all.ts'
import type { LengthRule } from '../../connectors/connector.ts'
import { sign, signForTeam } from '../../responders/signature.ts'
import { joinPieces, MOST_PARTS, type SplitRule, splitText } from '../../responders/split.ts'

const plain = (limit: number): SplitRule => ({ limit, count: text => text.length, sign: words => sign(words, 'AS') })
const cut = (text: string, rule: SplitRule = plain(60)) => {
  const done = splitText(text, rule)
  if (!done.ok) throw new Error(done.because)
  return done.pieces.map(piece => piece.text)
}

describe('where it is cut', () => {
  it('leaves whole what fits with its signature, without a marker', () => {
    expect(cut('x'.repeat(56))).toEqual([`${'x'.repeat(56)} ^AS`])
  })

  it('numbers the parts at their ends and signs the last', () => {
    expect(cut('One sentence that is here. Another sentence that comes after it.')).toEqual([
      'One sentence that is here. (1/2)',
      'Another sentence that comes after it. (2/2) ^AS',
    ])
  })

  it('prefers a paragraph’s end to a sentence’s, and that to a word’s', () => {
    expect(cut('A first paragraph in here.\n\nThen one. And two more of it, and a few words.')[0]).toBe('A first paragraph in here. (1/2)')
    expect(cut('It is a sentence of a few words. And then more words follow it here.')[0]).toBe('It is a sentence of a few words. (1/2)')
    expect(cut('no stop at all in these many words that just go on and on and on')[0]).toMatch(
      /^no stop at all in these many words that just go on and \(1\/2\)$/,
    )
  })

  it('does not end after three words for the sake of a full stop', () => {
    expect(cut('So sorry! We have looked at it and it will take us until tomorrow noon')[0]!.length).toBeGreaterThan(40)
  })

  it('cuts no link, no handle, no tag and no letter in two', () => {
    const whole = ['https://acme.example/help/parcels?id=77', '@cleo@far.example', '#ParcelsAreLate', 'care@acme.example', 'acme.example/x']
    for (let before = 30; before < 56; before++)
      for (const one of whole) {
        const parts = cut(`${'word '.repeat(20).slice(0, before).trim()} ${one} and the end of it, which is long`)
        expect(parts.filter(part => part.includes(one))).toHaveLength(1)
      }
    for (let before = 40; before < 56; before++) {
      const parts = cut(`${'a'.repeat(before)}👨‍👩‍👧‍👦${'e\u0301'.repeat(30)}`)
      expect(parts.filter(part => part.includes('👨‍👩‍👧‍👦'))).toHaveLength(1)
      expect(parts.some(part => part.startsWith('\u0301'))).toBe(false)
    }
  })

  it('cuts a script without spaces at its full stops, else between its words', () => {
    const parts = cut('お荷物の遅れについてお詫びします。'.repeat(6))
    expect(parts.slice(0, -1).every(part => /。 \(\d\/\d\)$/.test(part))).toBe(true)
    expect(cut('ขออภัยในความล่าช้าของพัสดุของคุณ'.repeat(4)).length).toBeGreaterThan(1)
  })

  it('says so where a link alone is longer than a post', () => {
    expect(splitText(`Look: https://acme.example/${'a'.repeat(80)} please`, plain(60))).toMatchObject({
      ok: false,
      because: /longer than one post/,
    })
  })

  it(`says so where it would take more than ${MOST_PARTS} posts`, () => {
    expect(splitText('word '.repeat(200), plain(60))).toMatchObject({ ok: false, because: /would take \d\d posts/ })
    expect(splitText('word '.repeat(20_000), plain(60))).toMatchObject({ ok: false })
  })

  it('goes on counting where some parts are out already', () => {
    expect(cut('Only this is left.', { ...plain(60), out: 2 })).toEqual(['Only this is left. (3/3) ^AS'])
  })

  it('counts a tenth part with two digits, and none is too long', () => {
    const parts = cut('word '.repeat(99), plain(60))
    expect(parts.length).toBe(10)
    expect(Math.max(...parts.map(part => part.length))).toBeLessThanOrEqual(60)
  })
})

test('its signature in the middle of words is not taken for one', () => {
  const text = `${'Ask for ^AB '.repeat(12)}now`
  const done = splitText(text, plain(60))
  expect(done.ok && joinPieces(done.pieces)).toBe(text)
})

/** The same "chance" on every run. */
function dice(seed: number) {
  return (n: number) => (seed = (seed * 48_271) % 2_147_483_647) % n
}
const atoms =
  'so sorry parcel. Tomorrow, at noon! Really? … ok it’s 3.5 kg (see below) “quoted words.” 日本語のテキストです。 最後に👍🏽 👨‍👩‍👧‍👦 e\u0301tude https://acme.example/a/b?c=d#e www.acme.example @cleo_writes @cleo@far.example #parcel_late care@acme.example acme.example \u00a0 (1/3) ^AB ünïcödé Ελλάδα 4111 שלום สวัสดีครับ ¡ay!'.split(
    ' ',
  )
const gaps = [' ', ' ', ' ', ' ', '\n', '\n\n', '  ', '\n \n', '\t', '']
function anyText(seed: number): string {
  const roll = dice(seed)
  let text = ''
  for (let left = 10 + roll(160); left > 0; left--) text += atoms[roll(atoms.length)]! + gaps[roll(gaps.length)]!
  return text
}
/** One of each kind of count a platform has. */
const rules = new Map<string, LengthRule>()
for (const { platform, limits } of connectors)
  for (const rule of [limits.public, limits.private, limits.status]) if (rule) rules.set(`${platform}, ${rule.unit}`, rule)

describe.each([...rules])('on %s', (_name, rule) => {
  it('loses nothing, is never too long, and is cut the same every time', () => {
    let threads = 0
    for (let seed = 1; seed <= 15; seed++) {
      const text = anyText(seed * 104_729)
      // The platform's own rule, and a tighter one, so that long limits are met too.
      for (const limit of [rule.limit, Math.min(rule.limit, 140 + (seed % 90))]) {
        const given = {
          limit,
          count: rule.count,
          sign: seed % 2 ? (words: string) => sign(words, 'AS') : (words: string) => signForTeam(words),
        }
        const done = splitText(text, given)
        expect(splitText(text, given)).toEqual(done)
        if (!done.ok) continue
        if (done.pieces.length > 1) threads++
        for (const piece of done.pieces) {
          expect(rule.count(piece.text)).toBeLessThanOrEqual(limit)
          expect(piece.text.trim()).toBe(piece.text)
        }
        const sent = done.pieces.length > 1 ? joinPieces(done.pieces) : undefined
        if (sent !== undefined) expect(given.sign(sent)).toBe(given.sign(text))
      }
    }
    expect(threads).toBeGreaterThan(5)
  })
})
