// The browser's count and signature are the server's.
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { connectors } from '../../connectors/all.ts'
import { usualStatusAfter } from '../../responders/handoff.ts'
import { sign } from '../../responders/signature.ts'
import { splitText } from '../../responders/split.ts'
import { assets } from '../../web/assets.ts'

const app = new Hono().route('/', assets())
const texts = [
  '',
  'hello',
  '👍 https://example.com/a/b',
  '@cleo_writes so sorry!',
  '日本語のテスト',
  '👨‍👩‍👧‍👦 family',
  'e\u0301 composed',
  'see example.com/x and www.acme.example, ok?',
  '@a @b @c hi',
  'x'.repeat(281),
  'no link: 3.5 or a.b',
  'ünïcödé ñandú',
  '🙄'.repeat(150),
  'line\nbreak\r\nand more',
]

/** A module as the browser gets it, with what it imports. */
async function fromBrowser(path: string): Promise<Record<string, (...args: string[]) => unknown>> {
  const answer = await app.request(path)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8'])
  let source = await answer.text()
  for (const [whole, specifier] of source.matchAll(/from '(\.\/[^']+)'/g))
    source = source.replace(whole, `from '${await asUrl(new URL(specifier!, `http://h${path}`).pathname)}'`)
  return import(/* @vite-ignore */ dataUrl(source))
}
const asUrl = async (path: string) => dataUrl(await (await app.request(path)).text())
const dataUrl = (source: string) => `data:text/javascript,${encodeURIComponent(source).replaceAll("'", '%27')}`

test.each(connectors.map(one => [one.platform, one] as const))(
  '%s: the browser counts as the server does, in public and in private',
  async (platform, connector) => {
    const { counterFor } = (await fromBrowser('/public/length.js')) as unknown as {
      counterFor: (rule: string, load: () => Promise<unknown>) => Promise<(text: string) => number>
    }
    for (const visibility of ['public', 'private'] as const) {
      const count = await counterFor(connector.limits[visibility].rule, () => fromBrowser(`/public/platforms/${platform}/length.js`))
      expect(texts.map(text => count(text))).toEqual(texts.map(text => connector.limits[visibility].count(text)))
    }
  },
)

test('bytes and graphemes are counted as such', async () => {
  const { counterFor } = (await fromBrowser('/public/length.js')) as unknown as {
    counterFor: (rule: string) => Promise<(text: string) => number>
  }
  expect((await counterFor('utf8-bytes'))('aé👍')).toBe(7)
  expect((await counterFor('graphemes'))('a👨‍👩‍👧‍👦e\u0301')).toBe(3)
  await expect(counterFor('furlongs')).rejects.toThrow('no such rule')
})

test('the browser signs and guesses the next status as the server does', async () => {
  const { sign: signs } = await fromBrowser('/public/rules/signature.js')
  const { usualStatusAfter: guesses } = await fromBrowser('/public/rules/handoff.js')
  for (const text of [...texts, 'Hi ^BO', 'Which one?', 'https://example.com/?q=1', 'Tell us {{ask:order number}}']) {
    expect(signs!(text, 'SB')).toBe(sign(text, 'SB'))
    expect(guesses!('answer', text)).toBe(usualStatusAfter('answer', text))
  }
})

test('the browser cuts a thread as the server does', async () => {
  const { splitText: cuts } = (await fromBrowser('/public/rules/split.js')) as unknown as { splitText: typeof splitText }
  for (const text of [...texts, `${'So sorry, @cleo_writes. '.repeat(20)}https://example.com/a/b 日本語。`.repeat(2)]) {
    const rule = { limit: 120, count: (words: string) => words.length, sign: (words: string) => sign(words, 'SB') }
    expect(cuts(text, rule)).toEqual(splitText(text, rule))
  }
})

test('only named files are served', async () => {
  for (const path of [
    '/public/../package.json',
    '/public/platforms/..%2f..%2fweb/length.js',
    '/public/rules/approve.js',
    '/public/platforms/x/client.js',
    '/public/nothing.css',
  ])
    expect((await app.request(path)).status).toBe(404)
})

test('an asset a browser has already is not sent again', async () => {
  const first = await app.request('/public/heed.css')
  const again = await app.request('/public/heed.css', { headers: { 'if-none-match': first.headers.get('etag')! } })
  expect([first.status, again.status]).toEqual([200, 304])
})
