// Listening against the simulated platforms: what a watch term finds, what it would not take, and what a mention answers.
import { describe, expect, it } from 'vitest'
import { bluesky } from '../../connectors/bluesky/connector.ts'
import type { Connector, Cursor, Incoming, Line, Watched } from '../../connectors/connector.ts'
import { mastodon } from '../../connectors/mastodon/connector.ts'
import { x } from '../../connectors/x/connector.ts'
import { queryOf } from '../../connectors/x/query.ts'
import { simulatedBluesky } from './bluesky-simulated.ts'
import { mentionsOf, simulatedMastodon } from './mastodon-simulated.ts'
import { simulatedX } from './x-simulated.ts'

const TERM_ID = '0198c0de-0000-7000-8000-0000000000aa'
const termOf = (given: Partial<Watched>): Watched => ({ id: TERM_ID, anyOf: ['heron air'], noneOf: [], languages: [], ...given })
const textsOf = (incoming: Incoming[]) => mentionsOf(incoming).map(one => one.text)

describe('searching X', () => {
  it('finds what names us in other words, leaves out our own, reposts, other languages and what is excluded', async () => {
    const { control, lineOf } = await simulatedX()
    const { line } = lineOf()
    const found = control.post({ from: 'cleo_flies', text: 'heron air lost my bag', lang: 'en' })
    control.post({ from: 'cleo_flies', text: 'heron air fan club meets', lang: 'en' })
    control.post({ from: 'bob_on_tour', text: 'la heron air tarde', lang: 'es' })
    control.post({ from: 'HeronAir', text: 'heron air flies again', lang: 'en' })
    control.repost({ from: 'bob_on_tour', id: found.id })
    control.post({ from: 'dora_waits', text: 'a heron in the air', lang: 'en' })
    const { incoming } = await searched(x, line, termOf({ noneOf: ['fan club'], languages: ['en', 'de'] }))
    expect(mentionsOf(incoming)).toMatchObject([{ externalId: found.id, addressesUs: false, facts: { reposts: 1 } }])
  })

  it('asks for every page once, and then only for what is new', async () => {
    const { control, exchanges, lineOf } = await simulatedX()
    const { line } = lineOf()
    for (let nth = 0; nth < 620; nth++) control.post({ from: 'cleo_flies', text: `heron air bag ${nth}` })
    const first = await searched(x, line, termOf({}))
    const second = await searched(x, line, termOf({}), first.cursor)
    expect([first.pages, mentionsOf(first.incoming).length, second.pages, mentionsOf(second.incoming).length]).toEqual([5, 500, 2, 120])
    const last = control.post({ from: 'cleo_flies', text: 'heron air again' })
    const third = await searched(x, line, termOf({}), second.cursor)
    expect(mentionsOf(third.incoming).map(one => one.externalId)).toEqual([last.id])
    expect(exchanges.at(-1)!.query.since_id).toBeDefined()
  })

  it('begins anew where X no longer takes the id it stopped at', async () => {
    const { control, exchanges, lineOf } = await simulatedX()
    const { line } = lineOf()
    control.post({ from: 'cleo_flies', text: 'heron air bag' })
    const { cursor } = await searched(x, line, termOf({}))
    control.moveClock({ ms: 8 * 86_400_000 })
    control.post({ from: 'cleo_flies', text: 'heron air bag, still' })
    const { line: later } = lineOf()
    expect(textsOf((await searched(x, later, termOf({}), cursor)).incoming)).toEqual(['heron air bag, still'])
    expect(exchanges.at(-1)!.query).not.toHaveProperty('since_id')
  })

  it.each([
    [
      { anyOf: ['heronair', 'heron air', '#HeronAir', '@heron_air'] },
      '(heronair OR "heron air" OR #HeronAir OR @heron_air) -is:retweet -from:HeronAir',
    ],
    [{ anyOf: ['or'], languages: ['en'] }, '"or" lang:en -is:retweet -from:HeronAir'],
    [{ anyOf: ['from:bob', '-a'], noneOf: ['(x)'] }, '("from:bob" OR "-a") -"(x)" -is:retweet -from:HeronAir'],
  ])('takes no word for an operator: %j', (given, query) => expect(queryOf(termOf(given), { handle: 'HeronAir' })).toBe(query))

  it.each([
    [{ anyOf: ['#heron-air'] }, 'no hashtag on X'],
    [{ anyOf: ['$HRN'] }, 'larger plans'],
    [{ noneOf: ['…'] }, 'nothing in it'],
    [{ anyOf: Array.from({ length: 60 }, (_, nth) => `misspelling${nth}`) }, 'at most 512 characters; this makes'],
  ])('says what X would not take: %j', async (given, says) => {
    const { line } = (await simulatedX()).lineOf()
    expect(x.intake.search!.problemsOf(termOf(given), line.account).map(one => one.because)).toEqual([expect.stringContaining(says)])
  })
})

describe('searching Bluesky', () => {
  it('asks for each word by itself, and drops what is excluded or in another language', async () => {
    const { control, complaints, lineOf } = await simulatedBluesky()
    const { line } = lineOf()
    control.post({ from: 'cleo', text: 'heron air lost my bag', lang: 'en' })
    control.post({ from: 'bob', text: 'flying #HeronAir today' })
    control.post({ from: 'bob', text: 'heron air fan club', lang: 'en' })
    control.post({ from: 'bob', text: 'la heron air tarde', lang: 'es' })
    const term = termOf({ anyOf: ['heron air', '#heronair'], noneOf: ['fan club'], languages: ['en', 'de'] })
    const first = await searched(bluesky, line, term)
    expect(mentionsOf(first.incoming).map(one => [one.text, one.addressesUs])).toEqual([
      ['heron air lost my bag', false],
      ['flying #HeronAir today', false],
    ])
    expect((await searched(bluesky, line, term, first.cursor)).pages).toBe(0)
    // By the official lexicons, questions and answers alike.
    expect(complaints).toEqual([])
  })

  it('walks every page, and tells what is said to us from what is said about us', async () => {
    const { control, complaints, lineOf } = await simulatedBluesky()
    const { line } = lineOf()
    for (let nth = 0; nth < 230; nth++) control.post({ from: 'cleo', text: `heron air bag ${nth}` })
    control.post({ from: 'bob', text: '@heron-air.test heron air?' })
    const { incoming, pages } = await searched(bluesky, line, termOf({}))
    expect([pages, mentionsOf(incoming).length, mentionsOf(incoming).filter(one => one.addressesUs).length]).toEqual([3, 231, 1])
    expect(complaints).toEqual([])
  })

  it('counts reposts on the post', async () => {
    const { control, lineOf } = await simulatedBluesky()
    const { uri } = control.post({ from: 'cleo', text: 'heron air lost my bag' })
    for (const from of ['bob', 'dora', 'bob']) control.repost({ from, uri })
    const { incoming } = await searched(bluesky, lineOf().line, termOf({}))
    expect(mentionsOf(incoming)[0]!.facts).toMatchObject({ reposts: 2 })
  })
})

describe('searching Mastodon', () => {
  it('reads hashtags in their timelines and words in the search, each once', async () => {
    const { control, line } = await simulatedMastodon()
    control.post({ from: 'cleo@far.example', text: 'heron air lost my bag #HeronAir' })
    control.post({ from: 'bob', text: 'late again #heronair' })
    control.post({ from: 'bob', text: 'a direct word on heron air', visibility: 'direct' })
    const term = termOf({ anyOf: ['#heronair', 'heron air'] })
    const first = await searched(mastodon, line, term)
    expect(textsOf(first.incoming).sort()).toEqual(['heron air lost my bag #HeronAir', 'late again #heronair'])
    expect((await searched(mastodon, line, term, first.cursor)).pages).toBe(0)
  })

  it('still finds hashtags where the instance has no search', async () => {
    const { control, line } = await simulatedMastodon()
    control.setSearch({ has: false })
    for (let nth = 0; nth < 90; nth++) control.post({ from: 'bob', text: `heron air #heronair ${nth}` })
    const { incoming } = await searched(mastodon, line, termOf({ anyOf: ['heron air', '#heronair'] }))
    expect(mentionsOf(incoming)).toHaveLength(90)
  })

  it('takes only hashtags that Mastodon knows', async () => {
    const { line } = await simulatedMastodon()
    const problems = mastodon.intake.search!.problemsOf(termOf({ anyOf: ['#2026', '#heron-air', '#heron_air'] }), line.account)
    expect(problems.map(one => one.because.split('”')[0])).toEqual(['“#2026', '“#heron-air'])
  })
})

describe('what a mention answers', () => {
  it('comes from X in one call, and what is gone is said', async () => {
    const { control, exchanges, lineOf } = await simulatedX()
    const asked = control.post({ from: 'bob_on_tour', text: 'who flies to Ankara?' })
    const ours = control.post({ from: 'HeronAir', text: 'We do.', inReplyTo: asked.id })
    const gone = control.post({ from: 'dora_waits', text: 'no' })
    control.remove({ id: gone.id })
    const wanted = [asked.id, ours.id, gone.id].map(externalId => ({ externalId, childExternalId: '1' }))
    const { incoming, missing } = await fetched(x, lineOf().line, wanted)
    expect(mentionsOf(incoming).map(one => [one.externalId, one.direction])).toEqual([
      [asked.id, 'context'],
      [ours.id, 'outbound'],
    ])
    expect(missing).toEqual([{ externalId: gone.id, because: 'It was deleted on X.' }])
    expect(exchanges).toHaveLength(1)
  })

  it('comes from X under the id it had before it was edited, and names the others', async () => {
    const { control, lineOf } = await simulatedX()
    const { line } = lineOf()
    const first = control.post({ from: 'bob_on_tour', text: 'who flies to Ankra?' })
    const edited = control.edit({ id: first.id, text: 'who flies to Ankara?' })
    const { incoming } = await fetched(x, line, [{ externalId: edited.id, childExternalId: '1' }])
    expect(mentionsOf(incoming)).toMatchObject([{ externalId: first.id, otherIds: [edited.id], text: 'who flies to Ankara?' }])
  })

  it('comes from Bluesky', async () => {
    const { control, complaints, exchanges, lineOf } = await simulatedBluesky()
    const asked = control.post({ from: 'bob', text: 'who flies to Ankara?' })
    const gone = `${asked.uri.slice(0, -3)}xxx`
    const wanted = [asked.uri, gone].map(externalId => ({ externalId, childExternalId: '1' }))
    const { incoming, missing } = await fetched(bluesky, lineOf().line, wanted)
    expect(mentionsOf(incoming)).toMatchObject([{ externalId: asked.uri, direction: 'context', addressesUs: false }])
    expect(missing.map(one => one.externalId)).toEqual([gone])
    expect(exchanges.at(-1)).toMatchObject({ nsid: 'app.bsky.feed.getPosts', status: 200 })
    expect(complaints).toEqual([])
  })

  it('comes from Mastodon with what stands above it', async () => {
    const { control, line } = await simulatedMastodon()
    const first = control.post({ from: 'bob', text: 'who flies to Ankara?' })
    const second = control.post({ from: 'cleo@far.example', text: 'no idea', inReplyTo: first.id })
    const mention = control.post({ from: 'dora', text: '@heronair do you?', inReplyTo: second.id })
    const orphan = control.post({ from: 'dora', text: '@heronair and you?' })
    const { incoming, missing } = await fetched(mastodon, line, [
      { externalId: second.id, childExternalId: mention.id },
      { externalId: '1', childExternalId: orphan.id },
    ])
    expect(mentionsOf(incoming).map(one => [one.text, one.direction, one.threadKey])).toEqual([
      ['who flies to Ankara?', 'context', first.id],
      ['no idea', 'context', first.id],
    ])
    expect(missing.map(one => one.externalId)).toEqual(['1'])
  })
})

async function searched(connector: Connector, line: Line, term: Watched, cursor: Cursor = {}) {
  const walk = connector.intake.search!.search(line, term, cursor, new Date(line.now().getTime() - 86_400_000))
  const incoming: Incoming[] = []
  for (let pages = 0; ; pages++) {
    const step = await walk.next()
    if (step.done) return { incoming, pages, cursor: step.value }
    incoming.push(...readPage(connector, line, step.value))
  }
}

async function fetched(connector: Connector, line: Line, wanted: { externalId: string; childExternalId: string }[]) {
  const { pages, missing } = await connector.intake.parents!.find(line, wanted)
  return { incoming: pages.flatMap(page => readPage(connector, line, page)), missing }
}

const readPage = (connector: Connector, line: Line, page: { list: string; body: string }) =>
  connector.read({ source: `poll:${page.list}`, headers: {}, body: page.body, receivedAt: line.now(), account: line.account })
