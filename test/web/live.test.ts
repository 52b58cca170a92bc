// Open pages hear what changes, and others see who is there.
import { expect, test } from 'vitest'
import type { Change } from '../../live.ts'
import { openTicket } from '../open-ticket.ts'
import { webWorld } from './web-world.ts'

test('a change told anywhere reaches the open stream', async () => {
  const listeners = new Set<(changes: Change[]) => void>()
  const world = await webWorld({
    web: {
      live: {
        tell: () => {},
        close: async () => {},
        hear: listener => {
          listeners.add(listener)
          return () => listeners.delete(listener)
        },
      },
    },
  })
  const rep = await world.signIn('rep')
  const others = listeners.size
  const stream = await rep.get('/live')
  expect(stream.headers.get('content-type')).toContain('text/event-stream')
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader()
  expect((await reader.read()).value).toContain('retry: 2000')
  await expect.poll(() => listeners.size).toBe(others + 1)
  for (const listener of listeners) listener([{ topic: 'ticket', id: 'abc' }])
  expect((await reader.read()).value).toContain('data: [{"topic":"ticket","id":"abc"}]')
  await reader.cancel()
  await expect.poll(() => listeners.size).toBe(others)
})

test('who looks and who types is seen by the others, and told only when it changes', async () => {
  const world = await webWorld()
  const [rep, lead] = [await world.signIn('rep'), await world.signIn('lead')]
  const ticket = await openTicket(world.web.db, await world.account({ platform: 'x' }), { startedAt: new Date() })
  const path = `/tickets/${ticket.number}`
  await rep.post(`${path}/presence`, { typing: '0' })
  await rep.post(`${path}/presence`, { typing: '0' })
  expect(world.told).toEqual([{ topic: 'ticket', id: ticket.id }])
  expect(await (await lead.get(path)).text()).toContain('Dana rep is viewing')
  await rep.post(`${path}/presence`, { typing: '1' })
  expect(world.told).toHaveLength(2)
  expect(await (await lead.get(path)).text()).toContain('Dana rep is typing')
  expect(await (await rep.get(path)).text()).not.toContain('Dana rep is typing')
})
