// Is this channel alive? One word, and why: pure over the account's row.
import type { AccountRow } from '../db/accounts.ts'
import { troubleWords } from '../metrics/coverage-words.ts'
import { ago } from './parts/time.tsx'

export interface Health {
  word: 'Alive' | 'Paced' | 'Quiet' | 'Waiting' | 'Troubled' | 'Silent' | 'Failing' | 'Reconnect' | 'Off'
  tone: 'good' | 'warn' | 'bad' | 'neutral'
  because: string
}
type Faring = Pick<AccountRow, 'status' | 'statusReason' | 'lastDeliveryAt' | 'lastPollAt' | 'lastError' | 'lastErrorAt' | 'connectedAt'>

/**
 * `pollEveryMs`: null where the platform only pushes; then silence may just be customers with nothing to say. `silence`: why this one is
 * longer than is usual for the account, when it is.
 */
export function healthOf(account: Faring, now: Date, pollEveryMs: number | null, silence: string | null = null): Health {
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
  if (silence) return { word: 'Silent', tone: 'warn', because: silence }
  if (sinceMs < patienceMs) return { word: 'Alive', tone: 'good', because: `Last heard ${ago(heardAt, now)}.` }
  return pollEveryMs
    ? {
        word: 'Silent',
        tone: 'bad',
        because: `Polls should run every ${Math.round(pollEveryMs / 60_000) || 1} min, yet the last word came ${ago(heardAt, now)}. Is the worker running?`,
      }
    : { word: 'Quiet', tone: 'good', because: `Last heard ${ago(heardAt, now)}.` }
}

type Directions = Pick<
  AccountRow,
  'status' | 'inTrouble' | 'inTroubleAt' | 'outTrouble' | 'outTroubleAt' | 'lastPollAt' | 'lastDeliveryAt' | 'lastSentAt'
> &
  Partial<Pick<AccountRow, 'streamedSince' | 'streamBarred'>>

/** May we hear? By the code of the last trouble; a poll that ended clears it. */
export function hearing(account: Directions, platform: string, now: Date): Health {
  if (account.status === 'off') return OFF
  const heardAt = newest(account.lastDeliveryAt, account.lastPollAt)
  if (account.inTrouble)
    return {
      word: account.inTrouble === 'token' ? 'Reconnect' : account.inTrouble === 'limit' ? 'Paced' : 'Failing',
      tone: account.inTrouble === 'limit' ? 'warn' : 'bad',
      because: `${capital(troubleWords(account.inTrouble, platform))}${account.inTroubleAt ? ` (seen ${ago(account.inTroubleAt, now)})` : ''}.`,
    }
  return heardAt
    ? { word: 'Alive', tone: 'good', because: `Heard ${ago(heardAt, now)}.${streamWords(account)}` }
    : { word: 'Waiting', tone: 'neutral', because: 'Not asked yet.' }
}

function streamWords({ streamedSince, streamBarred }: Directions): string {
  if (streamedSince) return ' Its stream tells at once, and polls prove it.'
  return streamBarred ? ` Only polls listen: ${streamBarred}` : ''
}

/** May we speak? By the code of the last send that failed for the account's sake; one that goes out clears it. */
export function speaking(account: Directions, platform: string, now: Date): Health {
  if (account.status === 'off') return OFF
  if (account.outTrouble)
    return {
      word: account.outTrouble === 'token' ? 'Reconnect' : account.outTrouble === 'limit' ? 'Paced' : 'Failing',
      tone: account.outTrouble === 'limit' ? 'warn' : 'bad',
      because: `${capital(troubleWords(account.outTrouble, platform))}${account.outTroubleAt ? ` (seen ${ago(account.outTroubleAt, now)})` : ''}. Replies wait.`,
    }
  return account.lastSentAt
    ? { word: 'Alive', tone: 'good', because: `Sent ${ago(account.lastSentAt, now)}.` }
    : { word: 'Waiting', tone: 'neutral', because: 'Nothing sent yet.' }
}

const OFF: Health = { word: 'Off', tone: 'neutral', because: 'Switched off.' }
const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)

/** SPEC's alert: a connector silent for ten minutes. */
const SILENCE_MS = 10 * 60_000

function newest(...dates: (Date | null)[]): Date | null {
  const known = dates.filter(date => date !== null)
  return known.length ? new Date(Math.max(...known.map(date => date.getTime()))) : null
}
