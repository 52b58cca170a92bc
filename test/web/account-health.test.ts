// One word for a channel, from its row: a table of cases.
import { expect, test } from 'vitest'
import { healthOf } from '../../web/account-health.ts'

const now = new Date('2026-03-02T10:00:00Z')
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000)
const fresh = {
  status: 'connected' as const,
  statusReason: null,
  lastDeliveryAt: null,
  lastPollAt: null,
  lastError: null,
  lastErrorAt: null,
  connectedAt: ago(9000),
}
const POLLED = 60_000

test.each([
  ['a poll a minute ago', { lastPollAt: ago(1) }, POLLED, 'Alive', 'good'],
  ['a webhook a minute ago, polls long silent', { lastDeliveryAt: ago(1), lastPollAt: ago(500) }, POLLED, 'Alive', 'good'],
  ['silent for eleven minutes though polled', { lastPollAt: ago(11) }, POLLED, 'Silent', 'bad'],
  ['silent for eleven minutes, polled every ten', { lastPollAt: ago(11) }, 10 * POLLED, 'Alive', 'good'],
  ['silent for a day where nothing is polled', { lastDeliveryAt: ago(1440) }, null, 'Quiet', 'good'],
  ['just connected', { connectedAt: ago(2) }, POLLED, 'Waiting', 'neutral'],
  ['connected long ago and never heard', {}, POLLED, 'Silent', 'bad'],
  ['connected long ago and never pushed', {}, null, 'Silent', 'warn'],
  ['hears, but the last call failed', { lastDeliveryAt: ago(1), lastError: 'slow down', lastErrorAt: ago(1) }, POLLED, 'Troubled', 'warn'],
  ['failed, and nothing heard since', { lastPollAt: ago(60), lastError: 'X is away', lastErrorAt: ago(1) }, POLLED, 'Failing', 'bad'],
  ['the token died', { status: 'reconnect' as const, statusReason: 'Revoked.', lastPollAt: ago(1) }, POLLED, 'Reconnect', 'bad'],
  ['switched off', { status: 'off' as const, lastError: 'X is away', lastErrorAt: ago(1) }, POLLED, 'Off', 'neutral'],
] as const)('%s', (_, given, every, word, tone) => {
  expect(healthOf({ ...fresh, ...given }, now, every)).toMatchObject({ word, tone })
})
