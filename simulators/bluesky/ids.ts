// Names of things on the simulated Bluesky: DIDs, record keys that carry their time, content ids, and tokens.
import { createHash, randomBytes } from 'node:crypto'

/** A content id as the protocol makes it (CIDv1, dag-cbor, SHA-256), here of the record's JSON. */
export function cidOf(record: unknown): string {
  const digest = createHash('sha256').update(JSON.stringify(record)).digest()
  return `b${base32(Buffer.concat([Buffer.from([1, 0x71, 0x12, 0x20]), digest]))}`
}

/** A blob's: of its bytes as they are (raw instead of dag-cbor). */
export function blobCidOf(bytes: Uint8Array): string {
  const digest = createHash('sha256').update(bytes).digest()
  return `b${base32(Buffer.concat([Buffer.from([1, 0x55, 0x12, 0x20]), digest]))}`
}

/** The same handle, the same DID: a test that names one finds it again. */
export function didFor(handle: string): string {
  return `did:plc:${base32(createHash('sha256').update(handle).digest()).slice(0, 24)}`
}

/** TIDs sort as text by their time, and no two are alike. `seen`: one made before a restart. */
export function tids(): { next: (atMs: number) => string; seen: (tid: string) => void } {
  let last = 0n
  return {
    next: atMs => {
      const wanted = (BigInt(Math.floor(atMs)) * 1000n) << 10n
      last = wanted > last ? wanted : last + 1n
      return write(last)
    },
    seen: tid => {
      const bits = Array.from(tid).reduce((sum, letter) => (sum << 5n) | BigInt(SORTABLE.indexOf(letter)), 0n)
      if (bits > last) last = bits
    },
  }
}

/** Looks like a JWT, and says what one says; nobody checks the signature of a token that is looked up. */
export function tokenOf(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ typ: 'at+jwt', alg: 'HS256' })}.${part({ ...claims, jti: randomBytes(12).toString('hex') })}.${randomBytes(24).toString('base64url')}`
}

function write(bits: bigint): string {
  let tid = ''
  for (let left = bits, nth = 0; nth < 13; nth++, left >>= 5n) tid = SORTABLE[Number(left & 31n)] + tid
  return tid
}

function base32(bytes: Uint8Array): string {
  let text = ''
  let value = 0
  let bits = 0
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff
    for (bits += 8; bits >= 5; bits -= 5) text += PLAIN[(value >>> (bits - 5)) & 31]
  }
  return bits ? text + PLAIN[(value << (5 - bits)) & 31] : text
}

const SORTABLE = '234567abcdefghijklmnopqrstuvwxyz'
const PLAIN = 'abcdefghijklmnopqrstuvwxyz234567'
