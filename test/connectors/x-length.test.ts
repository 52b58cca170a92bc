// X's weighted count, on the cases its own library is known to give, and on texts made to slow it down.
import { describe, expect, it } from 'vitest'
import { containsLink, weightedLength, weightedReplyLength } from '../../connectors/x/length.ts'

describe('the weighted length', () => {
  it.each([
    ['', 0],
    ['hello', 5],
    ['👍 https://example.com/a/b', 26],
    ['👨‍👩‍👧‍👦', 2],
    ['👍🏽', 2],
    ['🇹🇷🇯🇵', 4],
    ['1️⃣', 2],
    ['日本語', 6],
    ['한국어', 6],
    ['café'.normalize('NFD'), 4],
    ['şikâyet', 7],
    ['“quoted” – and…', 16],
    ['x.com', 23],
    ['see example.com.', 28],
    ['http://x.co/a). b', 27],
    ['(https://en.wikipedia.org/wiki/Heron_(bird))', 25],
    ['https://example.com/日本', 27],
    ['https://example.com?q=1&r=2#top', 23],
    ['mail help@example.com', 21],
    ['Thanks.And so on', 16],
    ['3.50', 4],
    [`https://example.com/${'a'.repeat(400)}`, 23],
    ['a'.repeat(280), 280],
  ])('of %j is %i', (text, length) => expect(weightedLength(text)).toBe(length))

  it.each([
    ['@cleo_flies on its way', 10],
    ['@cleo_flies @bob_on_tour on its way', 10],
    ['on its way @cleo_flies', 22],
    ['@cleo_flies, on its way', 23],
    ['@a_handle_much_too_long_for_x hi', 32],
  ])('of the answer %j is %i: the handles it begins with are free', (text, length) => expect(weightedReplyLength(text)).toBe(length))

  it('sees links as X does', () => {
    expect(['https://example.com', 'see example.com/a', 'HTTP://EXAMPLE.COM'].map(containsLink)).toEqual([true, true, true])
    expect(['no link', 'help@example.com', '#example.com', '@example.com', 'wait...what', '1.5'].map(containsLink)).toEqual([
      false,
      false,
      false,
      false,
      false,
      false,
    ])
  })

  it('is quick however odd the text', () => {
    const began = performance.now()
    for (const text of [
      '字'.repeat(20_000),
      'a.'.repeat(20_000),
      `https://${'a'.repeat(50_000)}`,
      'a-'.repeat(20_000),
      `https://a.com/${'('.repeat(9_000)}`,
      `https://a.com/${'.'.repeat(9_000)}`,
      '@a '.repeat(9_000),
    ])
      weightedReplyLength(text)
    expect(performance.now() - began).toBeLessThan(1_000)
  })
})
