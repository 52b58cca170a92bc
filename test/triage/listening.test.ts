// Listening: what watch terms find is stored and judged once; reposts are counted; what a mention answers is fetched once and shown.
import { describe, expect, it } from 'vitest'
import { ringDue } from '../../clock.ts'
import { type Connector, type Incoming, PlatformError, type PollPage, type WantedParent } from '../../connectors/connector.ts'
import type { AccountRow } from '../../db/accounts.ts'
import { listParentsAbove } from '../../db/parents.ts'
import { addSpending } from '../../db/spending.ts'
import { listThreadMentions } from '../../db/ticket-page.ts'
import { listWatchTerms } from '../../db/watch-terms.ts'
import { readDeliveries } from '../../triage/intake.ts'
import { findParents } from '../../triage/parents.ts'
import { pollSearch } from '../../triage/search.ts'
import { changeTerm, writeTerm } from '../../triage/term-book.ts'
import { triageMentions } from '../../triage/triage.ts'
import { deliver, plainConnector, says } from '../plain-connector.ts'
import { testWorld, type World } from '../world.ts'

const complaint = (text = 'heron air lost my bag again, third time!') => says(text, { addressesUs: false })

describe('a search', () => {
  it('brings what is said about us: judged and filed like any mention, and counted for its term', async () => {
    const { world, account, listener, termId } = await listening()
    listener.results = [[complaint()]]
    await hear(world, account)
    const [mention] = await mentions(world)
    expect(mention).toMatchObject({ addressesUs: false, state: 'triaged', direction: 'inbound' })
    expect(mention!.ticketId).not.toBeNull()
    expect(await listWatchTerms(world.desk.db, world.desk.now())).toMatchObject([{ id: termId, found: 1, tickets: 1, lastError: null }])
  })

  it('finds again what was said to us, and it stays one mention, said to us', async () => {
    const { world, account, listener } = await listening()
    const same = { externalId: 'one' }
    await deliver(world, account, [says('@acme_care where is my bag?', same)])
    listener.results = [[says('@acme_care where is my bag?', { ...same, addressesUs: false })]]
    await hear(world, account)
    expect(await mentions(world)).toMatchObject([{ externalId: 'one', addressesUs: true }])
  })

  it('waits until the account’s own mentions were asked for', async () => {
    const { world, account, listener } = await listening()
    await setNextPoll(world, account, 0)
    await pollSearch(world.desk, account.id)
    expect(listener.asked).toEqual([])
    await setNextPoll(world, account, 60_000)
    await pollSearch(world.desk, account.id)
    expect(listener.asked).toHaveLength(1)
  })

  it('goes on from its cursor, and moves it only after the last page', async () => {
    const { world, account, listener } = await listening()
    listener.results = [[complaint('one')], new PlatformError('retry', 'Slow down.', 60_000)]
    await hear(world, account)
    expect(await listWatchTerms(world.desk.db, world.desk.now())).toMatchObject([{ cursor: {}, lastError: 'Slow down.', found: 1 }])
    world.pass(130_000)
    await setNextPoll(world, account, 60_000)
    listener.results = [[complaint('two')]]
    await hear(world, account)
    world.pass(130_000)
    await setNextPoll(world, account, 60_000)
    await hear(world, account)
    expect(listener.asked.map(one => one.cursor)).toEqual([{}, {}, { at: '2' }])
  })

  it('that meets a limit holds up the account’s other searches, and a refusal does not', async () => {
    const { world, account, listener } = await listening()
    await write(world, account, { name: 'other', anyOf: ['heronair'] })
    listener.results = [new PlatformError('retry', 'Slow down.', 600_000)]
    await pollSearch(world.desk, account.id)
    expect(listener.asked).toHaveLength(1)
    world.pass(601_000)
    await setNextPoll(world, account, 60_000)
    listener.results = [new PlatformError('refused', 'Not on this plan.')]
    await pollSearch(world.desk, account.id)
    expect(listener.asked).toHaveLength(3)
  })

  it('that is refused as if the sign-in were dead stops only itself', async () => {
    const { world, account, listener } = await listening()
    listener.results = [new PlatformError('account', 'Not on this plan.')]
    await pollSearch(world.desk, account.id)
    const row = await world.desk.db.selectFrom('accounts').selectAll().where('id', '=', account.id).executeTakeFirstOrThrow()
    expect(row.status).toBe('connected')
    expect(await listWatchTerms(world.desk.db, world.desk.now())).toMatchObject([{ lastError: 'Not on this plan.' }])
  })

  it('stops first when the month’s cap is spent, says so, and goes on when it is raised', async () => {
    const { world, account, listener } = await listening()
    await addSpending(world.desk.db, [{ accountId: account.id, at: world.desk.now(), item: 'send', count: 1, usd: 5 }])
    const cap = (monthlyCapUsd: number) =>
      world.desk.db.updateTable('accounts').set({ monthlyCapUsd }).where('id', '=', account.id).execute()
    await cap(5)
    await pollSearch(world.desk, account.id)
    expect([listener.asked.length, (await listWatchTerms(world.desk.db, world.desk.now()))[0]!.lastError]).toEqual([
      0,
      expect.stringContaining('cap of $5.00 is spent'),
    ])
    await cap(6)
    world.pass(16 * 60_000)
    await pollSearch(world.desk, account.id)
    expect(listener.asked).toHaveLength(1)
  })

  it('that found more than one search takes goes on at once, and is not called covered before', async () => {
    const { world, account, listener, termId } = await listening()
    await pollSearch(world.desk, account.id)
    world.pass(130_000)
    await setNextPoll(world, account, 60_000)
    listener.unfinished = 2
    await pollSearch(world.desk, account.id)
    expect(listener.asked).toHaveLength(4)
    const spans = await world.desk.db.selectFrom('coverageSpans').select(['source', 'state']).execute()
    expect(spans.map(one => one.source)).toContain(`poll:search:${termId}`)
    expect(spans.some(one => one.state === 'open')).toBe(false)
  })

  it('is rung for when it is due, and not while its term is off', async () => {
    const { world, account, termId } = await listening()
    const rings = async () => {
      world.rung.length = 0
      await ringDue(world.desk)
      return world.rung.filter(job => job.name === 'pollSearch')
    }
    expect(await rings()).toEqual([{ name: 'pollSearch', accountId: account.id }])
    const [term] = await listWatchTerms(world.desk.db, world.desk.now())
    await changeTerm(world.desk, world.ana.id, term!, 'off')
    expect([termId, await rings()]).toEqual([term!.id, []])
  })
})

describe('a watch term', () => {
  it.each([
    [{ name: '' }, 'name', 'Give it a name'],
    [{ anyOf: [] }, 'anyOf', 'at least one word'],
    [{ anyOf: ['x'] }, 'anyOf', 'too short'],
    [{ anyOf: ['"heron air"'] }, 'anyOf', 'quotation marks'],
    [{ anyOf: ['#heron air'] }, 'anyOf', 'no spaces'],
    [{ noneOf: ['Heron Air'] }, 'noneOf', 'listened for and left out'],
    [{ languages: ['english'] }, 'languages', 'two or three letters'],
    [{ anyOf: ['forbidden'] }, 'anyOf', 'not here'],
  ])('with a problem names its field: %j', async (given, field, because) => {
    const { world, account } = await listening()
    const saved = await write(world, account, { name: 'another', anyOf: ['heron air'], ...given })
    expect(saved).toMatchObject({ ok: false, problems: [{ field, because: expect.stringContaining(because) }] })
  })

  it('is called what no other term of its account is called', async () => {
    const { world, account } = await listening()
    expect(await write(world, account, { name: 'brand', anyOf: ['heronair'] })).toMatchObject({ ok: false, problems: [{ field: 'name' }] })
  })

  it('with other words begins its search anew; with another name it goes on', async () => {
    const { world, account, listener, termId } = await listening()
    listener.results = [[complaint()]]
    await hear(world, account)
    const cursor = async () => (await listWatchTerms(world.desk.db, world.desk.now()))[0]!.cursor
    await write(world, account, { id: termId, name: 'our brand', anyOf: ['heron air'] })
    expect(await cursor()).toEqual({ at: '1' })
    await write(world, account, { id: termId, name: 'our brand', anyOf: ['heronair'] })
    expect(await cursor()).toEqual({})
  })
})

describe('a repost', () => {
  it('is counted on its post once, however often it is told, and opens no ticket', async () => {
    const { world, account } = await listening()
    const at = world.desk.now()
    const repost = (externalId: string): Incoming => ({ kind: 'repost', account: '111', externalId, of: 'one', at })
    await deliver(world, account, [repost('r1'), says('where is my bag? it is lost!', { externalId: 'one' }), repost('r2')])
    await deliver(world, account, [repost('r2')])
    await hear(world, account)
    const [mention, ...others] = await mentions(world)
    expect(others).toEqual([])
    expect(await listThreadMentions(world.desk.db, mention!.ticketId!)).toMatchObject([{ reposts: 2 }])
  })

  it('is told by the platform’s own count where that is more', async () => {
    const { world, account } = await listening()
    await deliver(world, account, [says('where is my bag? it is lost!', { facts: { reposts: 14 } })])
    await hear(world, account)
    const [mention] = await mentions(world)
    expect(await listThreadMentions(world.desk.db, mention!.ticketId!)).toMatchObject([{ reposts: 14 }])
  })
})

describe('what a mention answers', () => {
  it('is fetched once for all that answer it, kept as context, and shown above the mention', async () => {
    const { world, account, listener } = await listening()
    await deliver(world, account, [
      says('@acme_care mine is lost too, where is it?', { externalId: 'one', parentExternalId: 'parent', threadKey: 't' }),
      says('@acme_care hello? it is lost!', { externalId: 'two', parentExternalId: 'parent', threadKey: 't' }),
    ])
    await hear(world, account)
    listener.above = [context('my bag is lost', { externalId: 'parent', threadKey: 't' })]
    await findParents(world.desk, account.id)
    await hear(world, account)
    expect(listener.wanted).toEqual([{ externalId: 'parent', childExternalId: 'one' }])
    const stored = await mentions(world)
    expect(stored.find(one => one.externalId === 'parent')).toMatchObject({ direction: 'context', ticketId: null, state: 'triaged' })
    const ticketId = stored.find(one => one.externalId === 'two')!.ticketId!
    expect(await listParentsAbove(world.desk.db, ticketId)).toMatchObject([{ text: 'my bag is lost', depth: 1, direction: 'context' }])
    expect(await world.desk.db.selectFrom('tickets').select('id').execute()).toHaveLength(1)
  })

  it('is followed upwards, three at most', async () => {
    const { world, account, listener } = await listening()
    await deliver(world, account, [says('@acme_care is it lost?', { externalId: 'm0', parentExternalId: 'm1', threadKey: 't' })])
    for (let nth = 1; nth <= 5; nth++) {
      await hear(world, account)
      listener.above = [context(`above ${nth}`, { externalId: `m${nth}`, parentExternalId: `m${nth + 1}`, threadKey: 't' })]
      await findParents(world.desk, account.id)
    }
    await hear(world, account)
    expect(listener.wanted.map(one => one.externalId)).toEqual(['m1', 'm2', 'm3'])
    const [mention] = (await mentions(world)).filter(one => one.externalId === 'm0')
    expect((await listParentsAbove(world.desk.db, mention!.ticketId!)).map(one => one.text)).toEqual(['above 3', 'above 2', 'above 1'])
  })

  it('and is gone is said in words', async () => {
    const { world, account, listener } = await listening()
    await deliver(world, account, [says('@acme_care is it lost?', { externalId: 'one', parentExternalId: 'parent' })])
    await hear(world, account)
    const [mention] = await mentions(world)
    expect(await listParentsAbove(world.desk.db, mention!.ticketId!)).toMatchObject([{ id: null, state: 'wanted' }])
    listener.above = 'It was deleted.'
    await findParents(world.desk, account.id)
    expect(await listParentsAbove(world.desk.db, mention!.ticketId!)).toMatchObject([
      { id: null, state: 'missing', because: 'It was deleted.' },
    ])
  })

  it('is joined by what it was before it was edited, whichever came first, and fetched once', async () => {
    const { world, account, listener } = await listening()
    await deliver(world, account, [says('@acme_care is it lost?', { externalId: 'one', parentExternalId: 'edited', threadKey: 't' })])
    await hear(world, account)
    listener.above = [context('my bag is lost', { externalId: 'first', parentExternalId: 'older', otherIds: ['edited'], threadKey: 't' })]
    await findParents(world.desk, account.id)
    await hear(world, account)
    await deliver(world, account, [
      says('@acme_care mine too, where is it?', { externalId: 'two', parentExternalId: 'edited', threadKey: 't' }),
    ])
    await hear(world, account)
    listener.above = [context('it begins', { externalId: 'older', threadKey: 't' })]
    await findParents(world.desk, account.id)
    await hear(world, account)
    const stored = await mentions(world)
    expect(stored.filter(one => one.direction === 'inbound').map(one => one.parentExternalId)).toEqual(['first', 'first'])
    expect(listener.wanted.map(one => one.externalId)).toEqual(['edited', 'older'])
    const ticketId = stored.find(one => one.externalId === 'one')!.ticketId!
    expect((await listParentsAbove(world.desk.db, ticketId)).map(one => [one.depth, one.text])).toEqual([
      [2, 'it begins'],
      [1, 'my bag is lost'],
    ])
    expect(await world.desk.db.selectFrom('parents').select(['externalId', 'depth']).orderBy('depth').execute()).toEqual([
      { externalId: 'first', depth: 1 },
      { externalId: 'older', depth: 2 },
    ])
  })

  it('waits as long as the platform asks, and is then fetched', async () => {
    const { world, account, listener } = await listening()
    await deliver(world, account, [says('@acme_care is it lost?', { externalId: 'one', parentExternalId: 'parent' })])
    await hear(world, account)
    listener.above = new PlatformError('retry', 'Slow down.', 600_000)
    await findParents(world.desk, account.id)
    world.pass(300_000)
    await findParents(world.desk, account.id)
    expect(listener.wanted).toHaveLength(1)
    world.pass(301_000)
    listener.above = [context('my bag', { externalId: 'parent' })]
    await findParents(world.desk, account.id)
    await hear(world, account)
    expect((await mentions(world)).map(one => one.externalId).sort()).toEqual(['one', 'parent'])
  })

  it('is not fetched for what is no ticket', async () => {
    const { world, account } = await listening()
    await deliver(world, account, [says('nice weather', { addressesUs: false, parentExternalId: 'parent' })])
    await hear(world, account)
    expect(await world.desk.db.selectFrom('parents').selectAll().execute()).toEqual([])
  })

  it('becomes a mention like any other when a term finds it, and is not judged before', async () => {
    const { world, account, listener } = await listening()
    await deliver(world, account, [context('heron air lost my bag again, third time!', { externalId: 'one' })])
    await hear(world, account)
    expect(await mentions(world)).toMatchObject([{ direction: 'context', verdict: null }])
    world.pass(130_000)
    listener.results = [[says('heron air lost my bag again, third time!', { externalId: 'one', addressesUs: false })]]
    await hear(world, account)
    const [mention] = await mentions(world)
    expect(mention).toMatchObject({ direction: 'inbound', state: 'triaged' })
    expect(mention!.ticketId).not.toBeNull()
  })

  it('goes when its author deletes it', async () => {
    const { world, account } = await listening()
    await deliver(world, account, [context('my bag', { externalId: 'one' })])
    await deliver(world, account, [{ kind: 'removal', account: '111', visibility: 'public', externalId: 'one', at: null }])
    await hear(world, account)
    expect(await mentions(world)).toMatchObject([{ direction: 'context', text: '', state: 'triaged' }])
  })
})

const bob = { externalId: '7002', handle: 'bob_on_tour', name: 'Bob', followers: 7 }
const context = (text: string, given: Parameters<typeof says>[1]) =>
  says(text, { ...given, author: bob, addressesUs: false, direction: 'context' })

interface Listener {
  /** Searches that end before their list does. */
  unfinished: number
  /** What the next search yields, page by page. */
  results: (Incoming[] | PlatformError)[]
  asked: { term: string; cursor: object }[]
  /** What the next fetch of parents brings; a text: why there is none. */
  above: Incoming[] | string | PlatformError
  wanted: WantedParent[]
}

/** An account that listens for one term, on a platform that answers what it is told to. */
async function listening() {
  const listener: Listener = { unfinished: 0, results: [], asked: [], above: [], wanted: [] }
  const world = await testWorld({ connectors: [listeningConnector(listener)] })
  const account = await world.account({ platform: 'plain' })
  await setNextPoll(world, account, 3_600_000)
  const saved = await write(world, account, { name: 'brand', anyOf: ['heron air'] })
  return { world, account, listener, termId: saved.ok ? saved.term.id : '' }
}

function listeningConnector(listener: Listener): Connector {
  const plain = plainConnector()
  let searches = 0
  return {
    ...plain,
    intake: {
      ...plain.intake,
      search: {
        everyMs: 120_000,
        isUnfinished: () => listener.unfinished-- > 0,
        asks: term => term.anyOf.join(' '),
        problemsOf: term => (term.anyOf.includes('forbidden') ? [{ field: 'anyOf', because: 'not here' }] : []),
        async *search(_line, term, cursor) {
          listener.asked.push({ term: term.id, cursor })
          searches++
          for (const result of listener.results.splice(0)) {
            if (result instanceof PlatformError) throw result
            yield { list: `search:${term.id}`, body: JSON.stringify(result) } satisfies PollPage
          }
          return { at: String(searches) }
        },
      },
      parents: {
        atOnce: 10,
        find: async (_line, wanted) => {
          listener.wanted.push(...wanted.map(({ externalId, childExternalId }) => ({ externalId, childExternalId })))
          const { above } = listener
          if (above instanceof PlatformError) throw above
          if (typeof above === 'string') return { pages: [], missing: wanted.map(({ externalId }) => ({ externalId, because: above })) }
          return { pages: [{ list: 'parents', body: JSON.stringify(above) }], missing: [] }
        },
      },
    },
  }
}

const write = (
  world: World,
  account: AccountRow,
  given: { id?: string; name: string; anyOf: string[]; noneOf?: string[]; languages?: string[] },
) => writeTerm(world.desk, world.ana.id, { noneOf: [], languages: [], isActive: true, ...given, accountId: account.id })

/** Searches, reads and judges whatever waits. */
async function hear(world: World, account: AccountRow) {
  await pollSearch(world.desk, account.id)
  await readDeliveries(world.desk)
  await triageMentions(world.desk)
}

const mentions = (world: World) => world.desk.db.selectFrom('mentions').selectAll().orderBy('id').execute()
const setNextPoll = (world: World, account: AccountRow, inMs: number) =>
  world.desk.db
    .updateTable('accounts')
    .set({ nextPollAt: new Date(world.desk.now().getTime() + inMs) })
    .where('id', '=', account.id)
    .execute()
