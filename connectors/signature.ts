// Checks HMAC-SHA256 signatures of webhooks: in constant time, on the raw bytes as they came.
import { createHmac, timingSafeEqual } from 'node:crypto'

export type SignatureEncoding = 'base64' | 'hex'

/** The HMAC-SHA256 of these bytes, written as the platform writes it. */
export function signBytes(secret: string, bytes: Uint8Array | string, encoding: SignatureEncoding): string {
  return createHmac('sha256', secret).update(bytes).digest(encoding)
}

/**
 * True when `header` is `sha256=` and the HMAC-SHA256 of the raw bytes under `secret`.
 * An empty secret proves nothing: it is always false. A header of another length is false, never an exception.
 */
export function isSigned(
  rawBody: Uint8Array,
  header: string | undefined,
  secret: string | undefined,
  encoding: SignatureEncoding,
): boolean {
  if (!secret || !header?.startsWith('sha256=')) return false
  const expected = Buffer.from(signBytes(secret, rawBody, encoding))
  // The text is compared, not the decoded bytes: base64 and hex decoders forgive junk, and two spellings must not both pass.
  const given = Buffer.from(header.slice('sha256='.length))
  // timingSafeEqual throws when lengths differ; the length of a SHA-256 is no secret.
  return given.length === expected.length && timingSafeEqual(given, expected)
}
