// What customers put beside their words: kept with the mention, replaced by edits, gone with a removal, and never taken for nothing.
import { expect, test } from 'vitest'
import { NOTHING_SAID, wordsOr } from '../../connectors/wordless.ts'
import type { Attachment } from '../../domain.ts'
import { readDeliveries } from '../../triage/intake.ts'
import { triageMentions } from '../../triage/triage.ts'
import { deliver, plainConnector, says } from '../plain-connector.ts'
import { testWorld } from '../world.ts'

const tag: Attachment = { kind: 'picture', url: 'https://pictures.example/tag.png?signed=1', alt: 'A torn tag', width: 320, height: 200 }
const belt: Attachment = { kind: 'video', url: null, alt: null, width: null, height: null }

async function plainWorld() {
  const world = await testWorld({ connectors: [plainConnector()] })
  const account = await world.account({ platform: 'plain' })
  /** Reads one telling of the same mention after the other. */
  async function tell(...tellings: Parameters<typeof says>[1][]) {
    for (const more of tellings) {
      await deliver(world, account, [says(more?.text ?? 'look', { externalId: 'a', ...more })])
      await readDeliveries(world.desk)
    }
    return world.desk.db.selectFrom('mentions').selectAll().where('externalId', '=', 'a').executeTakeFirstOrThrow()
  }
  return { world, account, tell }
}

test('they are kept with the mention, and stay while a delivery does not speak of them', async () => {
  const { tell } = await plainWorld()
  const stored = await tell({ version: 1, attachments: [tag, belt] }, { version: 1 }, { version: 2 })
  expect(stored.attachments).toEqual([tag, belt])
})

test('a delivery of the same version tells what the first did not know', async () => {
  const { tell } = await plainWorld()
  const stored = await tell({ version: 1 }, { version: 1, attachments: [tag] }, { version: 1, attachments: [belt] })
  expect(stored.attachments).toEqual([tag])
})

test('who knows only that there is something is completed by who knows where, whichever comes first', async () => {
  const unplaced = { ...tag, url: null, alt: null }
  for (const order of [
    [unplaced, tag],
    [tag, unplaced],
  ]) {
    const { world, account, tell } = await plainWorld()
    expect((await tell(...order.map(one => ({ version: 1, attachments: [one] })))).attachments).toEqual([tag])
    await deliver(
      world,
      account,
      order.map(one => says('both at once', { externalId: 'b', version: 1, attachments: [one] })),
    )
    await readDeliveries(world.desk)
    const both = await world.desk.db.selectFrom('mentions').select('attachments').where('externalId', '=', 'b').executeTakeFirstOrThrow()
    expect(both.attachments).toEqual([tag])
  }
})

test('a newer version replaces them, and an empty list takes them away: that is an edit though the words are the same', async () => {
  const { tell } = await plainWorld()
  const before = await tell({ version: 1, attachments: [tag] })
  const after = await tell({ version: 2, isEdit: true, attachments: [] })
  expect([before.editedAt, before.attachments]).toEqual([null, [tag]])
  expect(after.attachments).toEqual([])
  expect(after.editedAt).not.toBeNull()
})

test('an edited picture on a ticket is news there: an answer written before is held', async () => {
  const { world, tell } = await plainWorld()
  await tell({ version: 1, text: 'My bag never came, third time!', attachments: [tag] })
  await triageMentions(world.desk)
  const ticket = await world.desk.db.selectFrom('tickets').selectAll().executeTakeFirstOrThrow()
  await tell({ version: 2, isEdit: true, text: 'My bag never came, third time!', attachments: [{ ...tag, alt: 'Another tag' }] })
  const later = await world.desk.db.selectFrom('tickets').selectAll().executeTakeFirstOrThrow()
  expect(later.revision).toBeGreaterThan(ticket.revision)
})

test('a poll that signs the addresses anew is no edit, and the fresh address is kept', async () => {
  const { tell } = await plainWorld()
  const fresh = { ...tag, url: 'https://pictures.example/tag.png?signed=2' }
  const stored = await tell({ version: 1, attachments: [tag] }, { version: 2, attachments: [fresh] })
  expect(stored.attachments).toEqual([fresh])
  expect(stored.editedAt).toBeNull()
})

test('an older telling changes nothing', async () => {
  const { tell } = await plainWorld()
  expect((await tell({ version: 5, attachments: [tag] }, { version: 2, attachments: [belt] })).attachments).toEqual([tag])
})

test('two tellings in one batch are put together', async () => {
  const { world, account } = await plainWorld()
  await deliver(world, account, [
    says('look', { externalId: 'a', version: 1, attachments: [tag] }),
    says('look again', { externalId: 'a', version: 2, isEdit: true }),
  ])
  await readDeliveries(world.desk)
  const stored = await world.desk.db.selectFrom('mentions').selectAll().executeTakeFirstOrThrow()
  expect([stored.text, stored.attachments]).toEqual(['look again', [tag]])
})

test('a removal takes them away, and nothing brings them back', async () => {
  const { world, account, tell } = await plainWorld()
  await tell({ version: 1, attachments: [tag] })
  await deliver(world, account, [{ kind: 'removal', account: '111', visibility: 'public', externalId: 'a', at: null }])
  await readDeliveries(world.desk)
  expect((await tell({ version: 9, attachments: [tag] })).attachments).toBeNull()
})

test('a server that claims a thousand of them is believed twenty', async () => {
  const { tell } = await plainWorld()
  expect((await tell({ version: 1, attachments: Array(1000).fill(tag) })).attachments).toHaveLength(20)
})

test('a picture without words is looked at by a person in public, and is a ticket in private; the second one too', async () => {
  const { world, account } = await plainWorld()
  for (const visibility of ['public', 'private'] as const)
    for (const nth of [1, 2])
      await deliver(world, account, [
        says(NOTHING_SAID, {
          externalId: `${visibility}${nth}`,
          threadKey: `${visibility}${nth}`,
          visibility,
          attachments: [tag],
          addressesUs: true,
        }),
      ])
  await readDeliveries(world.desk)
  await triageMentions(world.desk)
  const filed = await world.desk.db.selectFrom('mentions').select(['visibility', 'needsReview', 'ticketId', 'verdict']).execute()
  expect(filed).toHaveLength(4)
  for (const one of filed) {
    expect(one.verdict!.tier).not.toBe('noise')
    expect(one.needsReview || one.ticketId !== null).toBe(true)
    if (one.visibility === 'private') expect(one.ticketId).not.toBeNull()
  }
})

test('where there are no words, what the pictures are said to show stands for them', () => {
  expect(wordsOr('Help', [tag])).toBe('Help')
  expect(wordsOr(' ', [tag, belt])).toBe('[picture: A torn tag]')
  expect(wordsOr('', [belt])).toBe(NOTHING_SAID)
  expect(wordsOr('')).toBe('')
})
