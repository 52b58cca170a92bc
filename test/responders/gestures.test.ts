// Likes and hides: wished once, told to the platform until it took them, and the last wish is what it ends with.
import { describe, expect, it } from 'vitest'
import { sweep } from '../../clock.ts'
import { PlatformError } from '../../connectors/connector.ts'
import { findGesture } from '../../db/gestures.ts'
import type { Gesture } from '../../domain.ts'
import { askForGesture, listGestures } from '../../responders/gestures.ts'
import { setGesture } from '../../responders/set-gesture.ts'
import { plainConnector } from '../plain-connector.ts'
import { bench } from './fixture.ts'

/** Cleo's mention on a platform with likes and hides; `faults` are what it answers to the next calls. */
async function stage(costUsd: number | null = null) {
  const told: string[] = []
  const faults: PlatformError[] = []
  const hold: { before: () => Promise<void> } = { before: async () => {} }
  const way = (gesture: Gesture) => ({
    label: gesture === 'like' ? 'Like' : 'Hide',
    done: `${gesture} done`,
    may: () => ({ allowed: may.allowed, because: 'Plain says so.', costUsd }),
    set: async (_mention: unknown, isOn: boolean) => {
      await hold.before()
      const fault = faults.shift()
      if (fault) throw fault
      told.push(`${gesture} ${isOn ? 'on' : 'off'}`)
    },
  })
  const may = { allowed: true }
  const b = await bench(Object.assign(plainConnector(), { gestures: { like: way('like'), hide: way('hide') } }))
  const wish = (gesture: Gesture, isWished: boolean, reason?: string) =>
    askForGesture(b.desk, { ticketId: b.ticketId, mentionId: b.firstMentionId, gesture, isWished, teammateId: b.ana.id, reason })
  const row = async (gesture: Gesture = 'like') => (await findGesture(b.desk.db, b.firstMentionId, gesture))!
  const work = (gesture: Gesture = 'like') => setGesture(b.desk, b.firstMentionId, gesture)
  const rings = () => b.rung.filter(job => job.name === 'setGesture').length
  const shown = async () => (await listGestures(b.desk, await b.ticket())).get(b.firstMentionId)!.find(one => one.gesture === 'like')!
  return { ...b, told, faults, hold, may, wish, row, work, rings, shown }
}
const away = (kind: PlatformError['kind'], waitMs?: number) => new PlatformError(kind, 'Plain is away.', waitMs)

describe('wishing', () => {
  it('keeps the wish, writes it into the history, and rings', async () => {
    const s = await stage()
    expect(await s.wish('like', true)).toEqual({ ok: true })
    expect(await s.row()).toMatchObject({ isWished: true, status: 'waiting', teammateId: s.ana.id })
    expect(await s.events()).toContain('gesture_wished')
    expect(s.rung).toContainEqual({ name: 'setGesture', mentionId: s.firstMentionId, gesture: 'like' })
    expect(s.told).toEqual([])
  })

  it('keeps the wish when the bell is out of order, for the sweep', async () => {
    const s = await stage()
    const { ring } = s.desk
    s.desk.ring = async () => Promise.reject(new Error('no queue'))
    expect(await s.wish('like', true)).toEqual({ ok: true })
    s.desk.ring = ring
    await sweep(s.desk)
    expect(s.rings()).toBe(1)
  })

  it('refuses in words what the platform does not allow, and what is on another ticket', async () => {
    const s = await stage()
    s.may.allowed = false
    expect(await s.wish('like', true)).toEqual({ ok: false, because: 'Plain says so.' })
    const stray = { ticketId: s.accountId, mentionId: s.firstMentionId, gesture: 'like' as const, isWished: true, teammateId: s.ana.id }
    expect(await askForGesture(s.desk, stray)).toMatchObject({ ok: false })
    expect(await s.row()).toBeUndefined()
    expect(s.rings()).toBe(0)
  })

  it('hides only with a reason, which stands in the history; shows again without one', async () => {
    const s = await stage()
    expect(await s.wish('hide', true)).toMatchObject({ ok: false })
    expect(await s.wish('hide', true, 'spam')).toEqual({ ok: true })
    const [event] = await s.desk.db.selectFrom('ticketEvents').selectAll().where('kind', '=', 'gesture_wished').execute()
    expect(event).toMatchObject({ teammateId: s.ana.id, after: { gesture: 'hide', isWished: true, reason: 'spam' } })
    expect(await s.wish('hide', false)).toEqual({ ok: true })
  })

  it('does not change the ticket: no revision, nobody is answered', async () => {
    const s = await stage()
    const before = await s.ticket()
    await s.wish('like', true)
    await s.work()
    expect(await s.ticket()).toEqual(before)
  })
})

describe('telling the platform', () => {
  it('tells it once, and it is done', async () => {
    const s = await stage()
    await s.wish('like', true)
    await s.work()
    await s.work()
    expect(s.told).toEqual(['like on'])
    expect(await s.row()).toMatchObject({ status: 'done', isSet: true, problem: null, takenUntil: null })
    expect(await s.shown()).toMatchObject({ isOn: true, status: 'done' })
  })

  it('on and off quickly ends off', async () => {
    const s = await stage()
    await s.wish('like', true)
    await s.wish('like', false)
    await s.work()
    await s.work()
    expect(s.told).toEqual(['like off'])
    expect(await s.shown()).toMatchObject({ isOn: false, status: 'done' })
  })

  it('off wished while on is just being told ends off, and the two never overtake each other', async () => {
    const s = await stage()
    const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    s.hold.before = async () => {
      begun.resolve()
      await goOn.promise
    }
    await s.wish('like', true)
    const first = s.work()
    await begun.promise
    await s.wish('like', false)
    await s.work()
    expect(s.told).toEqual([])
    const rung = s.rings()
    goOn.resolve()
    await first
    expect(await s.row()).toMatchObject({ status: 'waiting', isWished: false, isSet: true })
    expect(s.rings()).toBe(rung + 1)
    await s.work()
    expect(s.told).toEqual(['like on', 'like off'])
    expect(await s.row()).toMatchObject({ status: 'done', isSet: false })
  })

  it.each(['retry', 'unsure'] as const)('tries again after %s, no sooner than the platform asks', async kind => {
    const s = await stage()
    s.faults.push(away(kind, 60_000))
    await s.wish('like', true)
    await s.work()
    expect(await s.row()).toMatchObject({ status: 'waiting', attempts: 1, problem: 'Plain is away. Heed tries again.' })
    await s.work()
    expect(s.told).toEqual([])
    s.pass(60_000)
    await s.work()
    expect(s.told).toEqual(['like on'])
    expect(await s.row()).toMatchObject({ status: 'done', attempts: 0, problem: null })
  })

  it('gives up after ten attempts, and says so', async () => {
    const s = await stage()
    await s.wish('like', true)
    for (let nth = 0; nth < 10; nth++) {
      s.faults.push(away('retry'))
      await s.work()
      s.pass(3_600_000)
    }
    expect(await s.row()).toMatchObject({ status: 'refused', problem: 'Plain is away. Tried 10 times, now given up.' })
  })

  it('a refusal is final, shown as it stands there, and wishing again tries again', async () => {
    const s = await stage()
    s.faults.push(new PlatformError('refused', 'Plain does not want that.'))
    await s.wish('like', true)
    await s.work()
    expect(await s.shown()).toMatchObject({ isOn: false, status: 'refused', problem: 'Plain does not want that.' })
    expect(await s.events()).toContain('gesture_refused')
    await s.wish('like', true)
    await s.work()
    expect(await s.shown()).toMatchObject({ isOn: true, status: 'done', problem: null })
  })

  it('what is not the connector’s own failure is tried again', async () => {
    const s = await stage()
    s.faults.push(new TypeError('a bug') as unknown as PlatformError)
    await s.wish('like', true)
    await s.work()
    expect(await s.row()).toMatchObject({ status: 'waiting', attempts: 1 })
  })

  it('a mention the customer deleted meanwhile is left alone', async () => {
    const s = await stage()
    await s.wish('like', true)
    await s.desk.db.updateTable('mentions').set({ removedAt: s.desk.now() }).where('id', '=', s.firstMentionId).execute()
    await s.work()
    expect(s.told).toEqual([])
    expect(await s.row()).toMatchObject({ status: 'refused', problem: 'The customer deleted it.' })
  })

  it('counts what it cost', async () => {
    const s = await stage(0.015)
    await s.wish('like', true)
    await s.work()
    const [spent] = await s.desk.db.selectFrom('spending').select(['item', 'count', 'usd']).execute()
    expect(spent).toEqual({ item: 'gesture', count: 1, usd: 0.015 })
  })
})

it('an older wish that arrives late, from a worker thought dead, does not stay the last word', async () => {
  const s = await stage()
  const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  s.hold.before = () => {
    begun.resolve()
    return goOn.promise
  }
  await s.wish('like', true)
  const late = s.work()
  await begun.promise
  s.hold.before = async () => {}
  await s.wish('like', false)
  s.pass(120_000)
  await s.work()
  goOn.resolve()
  await late
  expect(s.told).toEqual(['like off', 'like on'])
  await s.work()
  expect(s.told.at(-1)).toBe('like off')
  expect(await s.row()).toMatchObject({ status: 'done', isSet: false })
})

describe('what waits', () => {
  const connect = (s: Awaited<ReturnType<typeof stage>>, status: 'connected' | 'reconnect') =>
    s.desk.db.updateTable('accounts').set({ status }).where('id', '=', s.accountId).execute()

  it('a dead sign-in: it waits in sight, is not asked for in vain, and is done once the account is connected again', async () => {
    const s = await stage()
    s.faults.push(new PlatformError('account', 'The token died.'))
    await s.wish('like', true)
    await s.work()
    expect(await s.row()).toMatchObject({ status: 'waiting', problem: 'Waits for its account: The token died.' })
    s.rung.length = 0
    s.pass(60_000)
    await sweep(s.desk)
    expect(s.rings()).toBe(0)
    await connect(s, 'connected')
    await sweep(s.desk)
    expect(s.rings()).toBe(1)
    await s.work()
    expect(s.told).toEqual(['like on'])
  })

  it('wished while the account is cut off: it says where to mend that', async () => {
    const s = await stage()
    await connect(s, 'reconnect')
    await s.wish('like', true)
    await s.work()
    expect(await s.shown()).toMatchObject({
      isOn: true,
      status: 'waiting',
      problem: 'Waits: Acme Care must be connected again (Accounts page). It is done then.',
    })
  })

  it('a lost ring: the sweep rings again for what waits, and not for what is done or not yet due', async () => {
    const s = await stage()
    await s.wish('like', true)
    await s.wish('hide', true, 'spam')
    await s.work('hide')
    s.rung.length = 0
    await sweep(s.desk)
    expect(s.rung.filter(job => job.name === 'setGesture')).toEqual([{ name: 'setGesture', mentionId: s.firstMentionId, gesture: 'like' }])
    s.faults.push(away('retry', 60_000))
    await s.work()
    s.rung.length = 0
    await sweep(s.desk)
    expect(s.rings()).toBe(0)
  })

  it('a worker killed in the middle: another does it two minutes later, and setting it twice is harmless', async () => {
    const s = await stage()
    const begun = Promise.withResolvers<void>()
    s.hold.before = () => {
      begun.resolve()
      return new Promise(() => {})
    }
    await s.wish('like', true)
    void s.work()
    await begun.promise
    s.hold.before = async () => {}
    s.pass(119_000)
    await s.work()
    expect(s.told).toEqual([])
    s.pass(1_000)
    s.rung.length = 0
    await sweep(s.desk)
    expect(s.rings()).toBe(1)
    await s.work()
    expect(s.told).toEqual(['like on'])
    expect(await s.row()).toMatchObject({ status: 'done' })
  })
})
