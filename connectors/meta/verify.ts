// Proves that a delivery is Meta's: the webhook's handshake and its signature.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Webhook } from '../connector.ts'
import { isSigned } from '../signature.ts'

export const webhook: Webhook = {
  // developers.facebook.com/docs/graph-api/webhooks/getting-started: the challenge is answered raw.
  handshake: (query, app) => {
    const challenge = query.get('hub.challenge')
    if (query.get('hub.mode') !== 'subscribe' || !challenge) return null
    return isSame(query.get('hub.verify_token'), app.verifyToken) ? { status: 200, body: challenge, type: 'text/plain' } : null
  },
  // On the raw bytes: Meta escapes (\u00e9, \/), so the same JSON written again would not verify.
  verify: (rawBody, headers, app) => isSigned(rawBody, headers['x-hub-signature-256'], app.appSecret, 'hex'),
}

/** Constant time; hashed first, because timingSafeEqual throws on different lengths. Nothing is the same as an empty secret. */
function isSame(given: string | null, secret: string | undefined): boolean {
  if (!given || !secret) return false
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(secret))
}
