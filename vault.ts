// Seals what must not be read from a stolen database: tokens and raw deliveries (AES-256-GCM).
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Vault {
  /** UTF-8 text or bytes → 1 version byte, 12 bytes nonce, 16 bytes tag, ciphertext. */
  seal: (plain: string | Uint8Array) => Uint8Array
  /** @throws when the key is another one or a byte was changed. */
  open: (sealed: Uint8Array) => Buffer
  /** A key of its own for another use (session cookies), derived from the same secret. */
  derive: (purpose: string) => string
}

export function openVault(secret: string): Vault {
  // As a key object: from bytes, node prepares it anew for every delivery, which costs more than the sealing.
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'heed vault v1', 32)))
  return {
    seal(plain) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const body = Buffer.concat([cipher.update(plain), cipher.final()])
      return Buffer.concat([VERSION, nonce, cipher.getAuthTag(), body])
    },
    open(sealed) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
      if (bytes[0] !== VERSION[0]) throw new Error(`sealed with an unknown version (${bytes[0]})`)
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 13)).setAuthTag(bytes.subarray(13, 29))
      try {
        return Buffer.concat([decipher.update(bytes.subarray(29)), decipher.final()])
      } catch (cause) {
        throw new Error('cannot be opened: SECRET_KEY is not the one it was sealed with, or the row was changed', { cause })
      }
    },
    derive: purpose => Buffer.from(hkdfSync('sha256', secret, '', `heed ${purpose} v1`, 32)).toString('hex'),
  }
}

/** The embedded default's own key: made on the first start, readable by its owner only. */
export function keyFile(dataDir: string): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const path = join(dataDir, 'secret.key')
  try {
    writeFileSync(path, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFileSync(path, 'utf8')
}

const VERSION = Buffer.from([1])
