// X pushes again on request: what our door did not take comes once more, and a plan without it is told from a bad moment.
import { expect, it, vi } from 'vitest'
import type { Incoming } from '../../connectors/connector.ts'
import { x } from '../../connectors/x/connector.ts'
import { openDoor, simulatedX } from './x-simulated.ts'

const { replay } = x.intake.webhook!
const HOUR = 3_600_000

it('brings what was pushed in that time once more, and nothing from before', async () => {
  const { app, control, lineOf } = await simulatedX()
  const { line } = lineOf()
  const door = await openDoor(app.consumerSecret)
  await x.onConnected!(line, door.url)
  control.post({ from: 'cleo_flies', text: '@HeronAir long ago' })
  await control.pushesDelivered()
  control.moveClock({ ms: 3 * HOUR })
  const from = line.now()
  const missed = control.post({ from: 'cleo_flies', text: '@HeronAir where is my bag?' })
  await control.pushesDelivered()
  control.moveClock({ ms: HOUR })
  door.deliveries.length = 0
  await replay!.ask(line, door.url, { from, until: line.now() })
  const heard = (): Incoming[] => door.deliveries.flatMap(one => x.read(one))
  await vi.waitFor(() => expect(heard()).toMatchObject([{ kind: 'mention', mention: { externalId: missed.id } }]), { timeout: 15_000 })
  await control.pushesDelivered()
  expect(heard()).toHaveLength(1)
})

it.each([
  ['a plan without it', { kind: 'answer', status: 403, body: clientForbidden() }, 'refused'],
  ['a call X does not know', { kind: 'answer', status: 404, body: '{"title":"Not Found","type":"about:blank","status":404}' }, 'refused'],
  ['a stretch X does not take', { kind: 'answer', status: 400, body: '{"title":"Invalid Request","type":"about:blank"}' }, 'unsure'],
  ['a limit', { kind: 'rate-limited' }, 'retry'],
  ['an answer that never came', { kind: 'accepted-then-dropped' }, 'unsure'],
  ['a bad moment', { kind: 'server-error' }, 'unsure'],
] as const)('%s is told as what it is', async (_what, fault, kind) => {
  const { app, control, lineOf } = await simulatedX()
  const { line } = lineOf()
  const door = await openDoor(app.consumerSecret)
  await x.onConnected!(line, door.url)
  control.setFault({ ...fault, method: 'POST', path: '/2/webhooks/replay' })
  await expect(replay!.ask(line, door.url, { from: new Date(line.now().getTime() - HOUR), until: line.now() })).rejects.toMatchObject({
    kind,
  })
})

it('waits where X has no valid webhook to push to', async () => {
  const { lineOf } = await simulatedX()
  const { line } = lineOf()
  await expect(replay!.ask(line, 'http://127.0.0.1:9/webhooks/x', { from: line.now(), until: line.now() })).rejects.toMatchObject({
    kind: 'retry',
  })
})

/** As it answers for a plan that lacks the endpoint. */
function clientForbidden() {
  return JSON.stringify({
    title: 'Client Forbidden',
    type: 'https://api.twitter.com/2/problems/client-forbidden',
    status: 403,
    reason: 'client-not-enrolled',
  })
}
