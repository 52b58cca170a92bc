// Asks X to push again what it pushed to our webhook, or tried to, in a stretch of time.
import { type Line, PlatformError, type Webhook } from '../connector.ts'
import { callXAsApp } from './call.ts'
import { findWebhook } from './subscribe.ts'

/** By the minute, in UTC, 100 jobs in 15 minutes: https://docs.x.com/x-api/webhooks/introduction, checked 2026-11-22. */
export const replay: NonNullable<Webhook['replay']> = {
  withinMs: 24 * 3_600_000,
  async ask(line, webhookUrl, { from, until }) {
    const webhook = await findWebhook(line, webhookUrl)
    if (!webhook?.valid) throw new PlatformError('retry', 'X has no valid webhook of ours to push to.')
    const to = new Date(Math.min(Math.ceil(until.getTime() / MINUTE_MS) * MINUTE_MS, line.now().getTime()))
    await asking(line, { webhook_id: webhook.id, from_date: minuteOf(from), to_date: minuteOf(to) })
  },
}

/** What X does not allow this app it says with 403, or knows no such call; anything else is about this stretch alone. */
async function asking(line: Line, job: { webhook_id: string; from_date: string; to_date: string }) {
  try {
    await callXAsApp(line, 'write', client => client.v2.post('webhooks/replay', job))
  } catch (error) {
    if (!(error instanceof PlatformError) || error.kind === 'retry') throw error
    const code = (error.cause as { code?: number } | undefined)?.code
    throw new PlatformError(code === 403 || code === 404 ? 'refused' : 'unsure', error.message, undefined, { cause: error })
  }
}

/** yyyymmddhhmm */
const minuteOf = (at: Date) => at.toISOString().replace(/\D/g, '').slice(0, 12)
const MINUTE_MS = 60_000
