// Is this channel alive? One word, and why: pure over the account's row.
import type { AccountRow } from '../db/accounts.ts'
import { ago } from './parts/time.tsx'

export interface Health {
  word: 'Alive' | 'Quiet' | 'Waiting' | 'Troubled' | 'Silent' | 'Failing' | 'Reconnect' | 'Off'
  tone: 'good' | 'warn' | 'bad' | 'neutral'
  because: string
}
type Faring = Pick<AccountRow, 'status' | 'statusReason' | 'lastDeliveryAt' | 'lastPollAt' | 'lastError' | 'lastErrorAt' | 'connectedAt'>

/** `pollEveryMs`: null where the platform only pushes; then silence may just be customers with nothing to say. */
export function healthOf(account: Faring, now: Date, pollEveryMs: number | null): Health {
  if (account.status === 'off') return { word: 'Off', tone: 'neutral', because: account.statusReason ?? 'Switched off.' }
  if (account.status === 'reconnect')
    return {
      word: 'Reconnect',
      tone: 'bad',
      because: `${account.statusReason ?? 'The sign-in no longer works.'} Replies wait; what customers write is kept.`,
    }
  const heardAt = newest(account.lastDeliveryAt, account.lastPollAt)
  const sinceMs = heardAt ? now.getTime() - heardAt.getTime() : Number.POSITIVE_INFINITY
  const patienceMs = Math.max(SILENCE_MS, 3 * (pollEveryMs ?? 0))
  if (account.lastError && account.lastErrorAt)
    return sinceMs < patienceMs
      ? { word: 'Troubled', tone: 'warn', because: `It hears, but: ${account.lastError}` }
      : { word: 'Failing', tone: 'bad', because: account.lastError }
  if (!heardAt)
    return now.getTime() - account.connectedAt.getTime() < patienceMs
      ? { word: 'Waiting', tone: 'neutral', because: 'Connected just now; nothing has come in yet.' }
      : {
          word: 'Silent',
          tone: pollEveryMs ? 'bad' : 'warn',
          because: 'Nothing has ever come in. Check it, and compare the webhook address over there.',
        }
  if (sinceMs < patienceMs) return { word: 'Alive', tone: 'good', because: `Last heard ${ago(heardAt, now)}.` }
  return pollEveryMs
    ? {
        word: 'Silent',
        tone: 'bad',
        because: `Polls should run every ${Math.round(pollEveryMs / 60_000) || 1} min, yet the last word came ${ago(heardAt, now)}. Is the worker running?`,
      }
    : { word: 'Quiet', tone: 'good', because: `Last heard ${ago(heardAt, now)}.` }
}

/** SPEC's alert: a connector silent for ten minutes. */
const SILENCE_MS = 10 * 60_000

function newest(...dates: (Date | null)[]): Date | null {
  const known = dates.filter(date => date !== null)
  return known.length ? new Date(Math.max(...known.map(date => date.getTime()))) : null
}
