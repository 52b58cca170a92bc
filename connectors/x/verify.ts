// Proves that a webhook comes from X, and answers X's challenge (CRC) that proves it is us.
import type { Webhook } from '../connector.ts'
import { isSigned, signBytes } from '../signature.ts'

// https://docs.x.com/x-api/webhooks/introduction, checked 2026-11-21. The key is the consumer secret, not the bearer token.
export const webhook: Webhook = {
  verify: (rawBody, headers, app) => isSigned(rawBody, headers['x-twitter-webhooks-signature'], app.consumerSecret, 'base64'),

  handshake(query, app) {
    const token = query.get('crc_token')
    if (!token || !CRC_TOKEN.test(token) || !app.consumerSecret) return null
    const body = JSON.stringify({ response_token: `sha256=${signBytes(app.consumerSecret, token, 'base64')}` })
    return { status: 200, body, type: 'application/json' }
  },
}

/** Whoever asks gets our signature of his token, so a token must never be able to pass for a delivery: no braces, quotes or spaces. */
const CRC_TOKEN = /^[A-Za-z0-9_\-+/=]{1,200}$/
