// What triage finds out before it judges: who came back, who is marked, who said nearly the same; through the database, in the stored reasons.
import { expect, test } from 'vitest'
import { readDeliveries } from '../../triage/intake.ts'
import { triageMentions } from '../../triage/triage.ts'
import { makeVip } from '../../triage/vip.ts'
import { deliver, plainConnector, says } from '../plain-connector.ts'
import { testWorld } from '../world.ts'

async function stage() {
  const world = await testWorld({ connectors: [plainConnector()] })
  const account = await world.account({ platform: 'plain' })
  let n = 0
  /** Stored and judged; its stored reasons. */
  const hear = async (text: string, person: string, at: string) => {
    const externalId = `m${++n}`
    const author = { externalId: person, handle: person, name: person, followers: 3 }
    await deliver(world, account, [says(text, { externalId, threadKey: externalId, author, postedAt: new Date(at) })])
    await readDeliveries(world.desk)
    await triageMentions(world.desk)
    const row = await world.desk.db.selectFrom('mentions').selectAll().where('externalId', '=', externalId).executeTakeFirstOrThrow()
    return { row, because: row.verdict!.reasons.map(one => one.because) }
  }
  return { ...world, hear }
}

test('the third time in a week is told from three messages in one hour', async () => {
  const { hear } = await stage()
  const text = (n: number) => `my broadband drops every evening, call ${n} and your staff hang up`
  for (const minute of ['00', '05', '09']) {
    const { because } = await hear(text(Number(minute)), 'quick', `2026-03-02T09:${minute}:00Z`)
    expect(because.join()).not.toContain('time this week')
  }
  await hear(text(1), 'patient', '2026-02-26T09:00:00Z')
  await hear(text(2), 'patient', '2026-02-28T09:00:00Z')
  expect((await hear(text(3), 'patient', '2026-03-02T09:30:00Z')).because).toContain('writes for the third time this week')
  // What was a week ago is another matter.
  expect((await hear(text(4), 'patient', '2026-03-09T09:45:00Z')).because.join()).not.toContain('third time')
})

test('a customer marked as VIP on one ticket is one when they write again', async () => {
  const { desk, ana, hear } = await stage()
  const first = await hear('my broadband drops every evening', 'vera', '2026-03-01T09:00:00Z')
  expect(first.because.join()).not.toContain('VIP')
  await makeVip(desk, { ticketId: first.row.ticketId!, teammateId: ana.id })
  expect((await hear('still broken, nobody came', 'vera', '2026-03-02T09:00:00Z')).because).toContain('a customer the team marked as VIP')
})

test('nearly the same words from others within the hour make a wave', async () => {
  const { hear } = await stage()
  const texts = [
    'the app crashes after the update on my phone',
    'after the update the app crashes on my phone',
    'my phone: the app crashes again after the update',
    'app crashes on my phone after the new update',
  ]
  for (const [i, text] of texts.slice(0, 3).entries()) await hear(text, `p${i}`, `2026-03-02T09:0${i}:00Z`)
  expect((await hear(texts[3]!, 'p9', '2026-03-02T09:10:00Z')).because).toContain('3 others said the same within the hour')
  for (let i = 0; i < 8; i++) await hear(`${texts[i % 4]} ${'!'.repeat(i)}`, `q${i}`, `2026-03-02T09:1${i}:30Z`)
  expect((await hear(texts[2]!, 'last', '2026-03-02T09:20:00Z')).row.category).toBe('outage_report')
})
