// The Listening page: who may write terms, what is refused at which field, the preview of a day, and what a ticket's mention answers.
import { describe, expect, it } from 'vitest'
import { type Connector, type Incoming, PlatformError } from '../../connectors/connector.ts'
import { insertWanted, markParents } from '../../db/parents.ts'
import { readDeliveries } from '../../triage/intake.ts'
import { triageMentions } from '../../triage/triage.ts'
import { deliver, plainConnector, says } from '../plain-connector.ts'
import { type Visitor, webWorld } from './web-world.ts'

const FORM = { name: 'Brand', isActive: '1', anyOf: 'heron air\n#HeronAir', noneOf: 'fan club', languages: 'en, de' }

describe('a term', () => {
  it('is written by a lead, shown with its account, switched off and removed', async () => {
    const { lead, account, world } = await listening()
    expect((await lead.post(`/listening/new/${account.id}`, { ...FORM, then: 'save' })).status).toBe(303)
    const page = await textOf(lead, '/listening')
    expect(page).toContain('heron air · #HeronAir')
    expect(page).toContain('without fan club')
    const [term] = await world.desk.db.selectFrom('watchTerms').selectAll().execute()
    expect(term).toMatchObject({ anyOf: ['heron air', '#HeronAir'], noneOf: ['fan club'], languages: ['en', 'de'], isActive: true })
    await lead.post(`/listening/${term!.id}/off`)
    expect(await world.desk.db.selectFrom('watchTerms').select('isActive').execute()).toEqual([{ isActive: false }])
    await lead.post(`/listening/${term!.id}/remove`)
    expect(await world.desk.db.selectFrom('watchTerms').select('id').execute()).toEqual([])
  })

  it('is not written by a rep, who sees why', async () => {
    const { world, account } = await listening()
    const rep = await world.signIn('rep')
    expect((await rep.post(`/listening/new/${account.id}`, { ...FORM, then: 'save' })).status).toBe(403)
    expect(await textOf(rep, `/listening/new/${account.id}`)).toContain('Only a lead or an admin')
  })

  it('with a problem says it at its field, and keeps what was typed', async () => {
    const { lead, account } = await listening()
    const answer = await lead.post(`/listening/new/${account.id}`, { ...FORM, languages: 'english', then: 'save' })
    const page = await answer.text()
    expect(answer.status).toBe(422)
    expect(page).toMatch(/name="languages"[^>]*aria-invalid="true"[^>]*aria-describedby="wrong-languages"/)
    expect(page).toContain('“english” is no language')
    expect(page).toContain('fan club')
  })

  it('that is gone, or is none, is not found', async () => {
    const { lead } = await listening()
    for (const path of ['/listening/nonsense', '/listening/0198c0de-0000-7000-8000-0000000000aa'])
      expect((await lead.get(path)).status).toBe(404)
  })
})

describe('the preview', () => {
  it('shows how much, the newest ten, the pace and the price, and stores nothing', async () => {
    const { lead, account, world, platform } = await listening()
    const now = world.desk.now().getTime()
    platform.found = Array.from({ length: 12 }, (_, nth) =>
      says(`heron air, bag ${nth}`, { addressesUs: nth === 0, postedAt: new Date(now - (nth + 1) * 3_600_000) }),
    )
    const page = await (await lead.post(`/listening/new/${account.id}`, { ...FORM, name: '', then: 'preview' })).text()
    expect(page).toContain('It would have caught 12 posts in the last 24 hours')
    expect(page).toContain('<strong>360</strong>')
    expect(page).toContain('$1.80')
    expect(page).toContain('This preview cost $0.060')
    expect([page.includes('bag 9<'), page.includes('bag 10<')]).toEqual([true, false])
    expect(await world.desk.db.selectFrom('mentions').select('id').execute()).toEqual([])
    expect(await world.desk.db.selectFrom('spending').select(['item', 'count']).execute()).toEqual([
      { item: 'poll:search:preview', count: 12 },
    ])
  })

  it('of more than a page says so, and counts by the pace of what it saw', async () => {
    const { lead, account, world, platform } = await listening()
    const now = world.desk.now().getTime()
    platform.found = Array.from({ length: 100 }, (_, nth) => says(`heron air ${nth}`, { postedAt: new Date(now - (nth + 1) * 36_000) }))
    const page = await (await lead.post(`/listening/new/${account.id}`, { ...FORM, then: 'preview' })).text()
    expect(page).toContain('More than 100 posts in the last 24 hours')
    expect(page).toContain('<strong>72,000</strong>')
  })

  it('says what the platform said where it cannot search', async () => {
    const { lead, account, platform } = await listening()
    platform.found = new PlatformError('refused', 'Not on this plan.')
    const page = await (await lead.post(`/listening/new/${account.id}`, { ...FORM, then: 'preview' })).text()
    expect(page).toContain('Plain did not answer the search: Not on this plan.')
  })

  it('covers card numbers', async () => {
    const { lead, account, platform } = await listening()
    platform.found = [says('heron air charged 4111 1111 1111 1111')]
    const page = await (await lead.post(`/listening/new/${account.id}`, { ...FORM, then: 'preview' })).text()
    expect(page).not.toContain('4111 1111')
  })
})

describe('a ticket', () => {
  it('shows what its mention answers, or says why it cannot, and how often it was passed on', async () => {
    const { lead, account, world } = await listening()
    await deliver(world, account, [
      says('my bag is lost', { externalId: 'parent', direction: 'context', addressesUs: false }),
      says('@acme_care mine is lost too, where is it?', { parentExternalId: 'parent', facts: { reposts: 14 } }),
      says('@acme_care hello? is it lost?', { externalId: 'two', parentExternalId: 'gone' }),
    ])
    await readDeliveries(world.desk)
    await triageMentions(world.desk)
    const mentions = await world.desk.db.selectFrom('mentions').select('id').execute()
    await insertWanted(
      world.desk.db,
      mentions.map(one => one.id),
      world.desk.now(),
    )
    await markParents(world.desk.db, account.id, [{ externalId: 'gone', because: 'It was deleted over there.' }])
    const { number } = await world.desk.db.selectFrom('tickets').select('number').executeTakeFirstOrThrow()
    // What lights up in the words is marked.
    const page = (await textOf(lead, `/tickets/${number}`)).replaceAll(/<\/?mark[^>]*>/g, '')
    expect(page.indexOf('my bag is lost')).toBeGreaterThan(0)
    expect(page.indexOf('my bag is lost')).toBeLessThan(page.indexOf('too, where is it?'))
    expect(page).toContain('It cannot be shown. It was deleted over there.')
    expect(page).toContain('reposted 14 times')
  })
})

const textOf = async (visitor: Visitor, path: string) => (await visitor.get(path)).text()

async function listening() {
  const platform = { found: [] as Incoming[] | PlatformError }
  const world = await webWorld({ connectors: [searchable(platform)] })
  const account = await world.account({ platform: 'plain' })
  return { world, account, platform, lead: await world.signIn('lead') }
}

/** A platform that charges half a cent for each post found. */
function searchable(platform: { found: Incoming[] | PlatformError }): Connector {
  const plain = plainConnector()
  return {
    ...plain,
    prices: () => ({ read: () => 0.005, send: () => 0, source: 'invented', checkedOn: '2026-03-01' }),
    intake: {
      ...plain.intake,
      search: {
        everyMs: 120_000,
        asks: term => term.anyOf.join(' or '),
        problemsOf: () => [],
        async *search(_line, term) {
          if (platform.found instanceof PlatformError) throw platform.found
          if (platform.found.length) yield { list: `search:${term.id}`, body: JSON.stringify(platform.found) }
          return {}
        },
      },
    },
  }
}
