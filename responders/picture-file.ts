// Reads a picture's file: what it really is, how large, and the same picture without what else cameras and programs write into it. Pure.
import type { PictureType } from '../connectors/connector.ts'

export interface PictureFile {
  type: PictureType
  width: number
  height: number
  /** No place, no date, no device, no preview: the picture, its colours, and which way is up. */
  bytes: Uint8Array
}

/** By its first bytes, never by its name. Null: no picture we know, or a broken one. */
export function readPictureFile(given: Uint8Array): PictureFile | null {
  const file = Buffer.from(given.buffer, given.byteOffset, given.byteLength)
  try {
    const read = READERS.find(([begins]) => begins(file))?.[1](file)
    return read && read.width > 0 && read.height > 0 ? read : null
  } catch (error) {
    // It ends in the middle of something.
    if (error instanceof RangeError) return null
    throw error
  }
}

type Reader = (file: Buffer) => PictureFile | null
const READERS: [(file: Buffer) => boolean, Reader][] = [
  [file => file.readUInt16BE(0) === 0xffd8 && file[2] === 0xff, readJpeg],
  [file => file.subarray(0, 8).equals(PNG), readPng],
  [file => /^GIF8[79]a$/.test(file.toString('latin1', 0, 6)), readGif],
  [file => file.toString('latin1', 0, 4) === 'RIFF' && file.toString('latin1', 8, 12) === 'WEBP', readWebp],
]

/** JFIF, ITU T.81: segments until the scans, then scans until the end. What follows the end (a film, a second picture) goes. */
function readJpeg(file: Buffer): PictureFile | null {
  const kept: Buffer[] = [file.subarray(0, 2)]
  let size: { width: number; height: number } | null = null
  let orientation = 1
  let at = 2
  for (;;) {
    if (file.readUInt8(at) !== 0xff) return null
    const marker = file.readUInt8(at + 1)
    if (marker === 0xff) {
      at++
      continue
    }
    if (marker === 0xd9) break
    const end = at + 2 + file.readUInt16BE(at + 2)
    if (end > file.length) return null
    const body = file.subarray(at + 4, end)
    if (isFrame(marker)) size = { width: body.readUInt16BE(3), height: body.readUInt16BE(1) }
    if (marker === 0xe1 && body.toString('latin1', 0, 6) === 'Exif\0\0') orientation = orientationIn(body.subarray(6))
    if (isNeeded(marker, body)) kept.push(file.subarray(at, end))
    at = end
    if (marker !== 0xda) continue
    const scanEnd = endOfScan(file, at)
    if (scanEnd < 0) return null
    kept.push(file.subarray(at, scanEnd))
    at = scanEnd
  }
  if (!size) return null
  kept.push(END_OF_JPEG)
  if (orientation !== 1) kept.splice(1, 0, onlyOrientation(orientation))
  const { width, height } = size
  // From the fifth on it lies on its side.
  const shown = orientation >= 5 ? { width: height, height: width } : { width, height }
  return { type: 'image/jpeg', ...shown, bytes: Buffer.concat(kept) }
}

const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

/** Everything but comments and applications' own segments; of these JFIF, the colour profile and Adobe's colour transform. */
function isNeeded(marker: number, body: Buffer): boolean {
  if (marker === 0xfe) return false
  if (marker < 0xe0 || marker > 0xef) return true
  const name = body.toString('latin1', 0, 12)
  return (
    (marker === 0xe0 && name.startsWith('JFIF\0')) ||
    (marker === 0xe2 && name === 'ICC_PROFILE\0') ||
    (marker === 0xee && name.startsWith('Adobe'))
  )
}

/** Where the next marker stands that is neither a stuffed byte nor a restart. */
function endOfScan(file: Buffer, from: number): number {
  for (let at = file.indexOf(0xff, from); at >= 0; at = file.indexOf(0xff, at + 1)) {
    const next = file[at + 1]
    if (next === undefined) return -1
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at
  }
  return -1
}

/** Of all that EXIF tells, which way is up (tag 0x0112 of the first directory). */
function orientationIn(tiff: Buffer): number {
  try {
    const isLittle = tiff.toString('latin1', 0, 2) === 'II'
    const u16 = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
    const directory = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4)
    for (let nth = 0; nth < u16(directory); nth++) {
      const entry = directory + 2 + nth * 12
      if (u16(entry) === 0x0112) return u16(entry + 8) >= 1 && u16(entry + 8) <= 8 ? u16(entry + 8) : 1
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  return 1
}

/** An EXIF segment that says this one thing. */
function onlyOrientation(orientation: number): Buffer {
  const tiff = [0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
  return Buffer.from([0xff, 0xe1, 0, tiff.length + 8, ...Buffer.from('Exif\0\0', 'latin1'), ...tiff])
}

/** https://www.w3.org/TR/png-3/: chunks by name; those that only tell of the picture go, whatever their names will be. */
function readPng(file: Buffer): PictureFile | null {
  const kept: Buffer[] = [file.subarray(0, 8)]
  for (let at = 8; ; ) {
    const end = at + 12 + file.readUInt32BE(at)
    const name = file.toString('latin1', at + 4, at + 8)
    if (end > file.length) return null
    if (PNG_CHUNKS.has(name)) kept.push(file.subarray(at, end))
    if (name === 'IEND') break
    at = end
  }
  if (file.toString('latin1', 12, 16) !== 'IHDR') return null
  return { type: 'image/png', width: file.readUInt32BE(16), height: file.readUInt32BE(20), bytes: Buffer.concat(kept) }
}

/** https://www.w3.org/Graphics/GIF/spec-gif89a.txt: comments go, and applications' own blocks but the one that says how often it plays. */
function readGif(file: Buffer): PictureFile | null {
  const colours = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)
  let at = 13 + colours(file.readUInt8(10))
  const kept: Buffer[] = [file.subarray(0, at)]
  for (;;) {
    const kind = file.readUInt8(at)
    if (kind === 0x3b) break
    if (kind !== 0x21 && kind !== 0x2c) return null
    const label = file.readUInt8(at + 1)
    const blocks = kind === 0x2c ? at + 11 + colours(file.readUInt8(at + 9)) : at + 2
    const end = endOfBlocks(file, blocks)
    const application = label === 0xff ? file.toString('latin1', at + 3, at + 14) : ''
    const isTold = kind === 0x21 && (label === 0xfe || (label === 0xff && application !== 'NETSCAPE2.0'))
    if (!isTold) kept.push(file.subarray(at, end))
    at = end
  }
  kept.push(Buffer.from([0x3b]))
  return { type: 'image/gif', width: file.readUInt16LE(6), height: file.readUInt16LE(8), bytes: Buffer.concat(kept) }
}

function endOfBlocks(file: Buffer, from: number): number {
  let at = from
  while (file.readUInt8(at) !== 0) at += 1 + file.readUInt8(at)
  return at + 1
}

/** https://developers.google.com/speed/webp/docs/riff_container: EXIF and XMP have chunks of their own, and a flag each that says so. */
function readWebp(file: Buffer): PictureFile | null {
  const kept: Buffer[] = []
  let size: { width: number; height: number } | null = null
  const fileEnd = 8 + file.readUInt32LE(4)
  if (fileEnd > file.length) return null
  for (let at = 12; at < fileEnd; ) {
    const name = file.toString('latin1', at, at + 4)
    const length = file.readUInt32LE(at + 4)
    const end = at + 8 + length + (length % 2)
    if (at + 8 + length > fileEnd) return null
    if (WEBP_CHUNKS.has(name)) {
      const chunk = Buffer.from(file.subarray(at, end))
      if (name === 'VP8X') chunk[8] = chunk.readUInt8(8) & ~WEBP_TOLD
      size ??= webpSize(name, chunk.subarray(8))
      kept.push(chunk)
    }
    at = end
  }
  if (!size) return null
  const body = Buffer.concat(kept)
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1')
  head.writeUInt32LE(body.length + 4, 4)
  return { type: 'image/webp', ...size, bytes: Buffer.concat([head, body]) }
}

function webpSize(name: string, body: Buffer): { width: number; height: number } | null {
  if (name === 'VP8X') return { width: body.readUIntLE(4, 3) + 1, height: body.readUIntLE(7, 3) + 1 }
  if (name === 'VP8 ') return { width: body.readUInt16LE(6) & 0x3fff, height: body.readUInt16LE(8) & 0x3fff }
  if (name !== 'VP8L') return null
  const bits = body.readUInt32LE(1)
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
}

const END_OF_JPEG = Buffer.from([0xff, 0xd9])
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const PNG_CHUNKS = new Set('IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD pHYs acTL fcTL fdAT'.split(' '))
const WEBP_CHUNKS = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP'])
/** EXIF and XMP. */
const WEBP_TOLD = 0x08 | 0x04
