// The record key of what we post, made from our reply's id: the same reply can never become two posts.
import { createHash } from 'node:crypto'

/**
 * A TID (https://atproto.com/specs/tid): 53 bits of microseconds and 10 that keep servers apart, as 13 letters that sort by time.
 * Our ids are uuids v7, whose first 48 bits are milliseconds; the rest comes from a digest of the id, so it is the same each time.
 */
export function recordKeyOf(replyId: string): string {
  const digest = createHash('sha256').update(replyId).digest()
  const hex = replyId.replaceAll('-', '')
  const isV7 = /^[0-9a-f]{12}7[0-9a-f]{19}$/i.test(hex)
  const ms = isV7 ? BigInt(`0x${hex.slice(0, 12)}`) : BigInt(digest.readUIntBE(6, 5))
  const micros = ms * 1000n + BigInt(digest.readUInt16BE(0) % 1000)
  let bits = ((micros & 0x1fffffffffffffn) << 10n) | BigInt(digest.readUInt16BE(2) & 0x3ff)
  let key = ''
  for (let letter = 0; letter < 13; letter++) {
    key = LETTERS[Number(bits & 31n)] + key
    bits >>= 5n
  }
  return key
}

const LETTERS = '234567abcdefghijklmnopqrstuvwxyz'
