// What open pages hear, over the embedded database: at once when it is quiet, gathered while it is not.
import { readFileSync } from 'node:fs'
import { expect, inject, onTestFinished, test } from 'vitest'
import { openEmbeddedDatabase } from '../db/connect.ts'
import { type Change, openLive } from '../live.ts'

async function stream() {
  const database = await openEmbeddedDatabase({ syncToDisk: false, snapshot: new Blob([readFileSync(inject('snapshot'))]) })
  const live = await openLive(database, undefined, error => expect.unreachable(String(error)))
  onTestFinished(async () => {
    await live.close()
    await database.close()
  })
  const messages: Change[][] = []
  live.hear(changes => void messages.push(changes))
  return { live, messages }
}

test('what a batch tells in one go is one message, each change once', async () => {
  const { live, messages } = await stream()
  for (const change of [{ topic: 'queue' }, { topic: 'ticket', id: 'a' }, { topic: 'queue' }] as const) live.tell(change)
  await expect.poll(() => messages).toEqual([[{ topic: 'queue' }, { topic: 'ticket', id: 'a' }]])
})

test('what is told right after a message is gathered into the next one', async () => {
  const { live, messages } = await stream()
  live.tell({ topic: 'queue' })
  await expect.poll(() => messages).toHaveLength(1)
  live.tell({ topic: 'ticket', id: 'a' })
  await new Promise(setImmediate)
  live.tell({ topic: 'ticket', id: 'b' })
  await expect.poll(() => messages).toHaveLength(2)
  expect(messages[1]).toEqual([
    { topic: 'ticket', id: 'a' },
    { topic: 'ticket', id: 'b' },
  ])
})

test('when it was quiet for a while, a change is heard again', async () => {
  const { live, messages } = await stream()
  for (let n = 1; n <= 3; n++) {
    live.tell({ topic: 'incident' })
    await expect.poll(() => messages).toHaveLength(n)
  }
})
