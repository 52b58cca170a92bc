// Pictures made on the spot: whole files of each kind, with what cameras and programs leave in them.
import { crc32, deflateSync } from 'node:zlib'

/** Real: a browser shows it. One colour, and whatever chunks a test puts in. */
export function png(width = 8, height = 6, chunks: readonly [string, string][] = []): Buffer {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2], 8)
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, 0x9c)])
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    ...chunks.map(([name, text]) => chunk(name, Buffer.from(text))),
    chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: height }, () => row)))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** Its segments are whole and its scan is made up. `secret` stands in EXIF, in XMP, in a comment, and behind the end. */
export function jpeg(width = 40, height = 30, { secret = '', orientation = 1 } = {}): Buffer {
  const size = Buffer.from([8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0])
  const tiff = Buffer.concat([
    Buffer.from('4d4d002a000000080001011200030000000100', 'hex'),
    Buffer.from([orientation, 0, 0, 0, 0, 0, 0]),
    Buffer.from(secret),
  ])
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')),
    segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), tiff])),
    segment(0xe1, Buffer.from(`http://ns.adobe.com/xap/1.0/\0${secret}`)),
    segment(0xe2, Buffer.from('ICC_PROFILE\0\x01\x01colours', 'latin1')),
    segment(0xfe, Buffer.from(secret)),
    segment(0xdb, Buffer.alloc(65, 1)),
    segment(0xc0, size),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    // A stuffed byte, a restart, and plain ones.
    Buffer.from([1, 2, 0xff, 0, 3, 0xff, 0xd0, 4]),
    Buffer.from([0xff, 0xd9]),
    Buffer.from(secret),
  ])
}

export function gif(width = 5, height = 4, secret = ''): Buffer {
  const text = Buffer.from(secret || 'made by nobody')
  return Buffer.concat([
    Buffer.from('GIF89a'),
    Buffer.from([width & 255, width >> 8, height & 255, height >> 8, 0x80, 0, 0]),
    Buffer.from([0, 0, 0, 255, 255, 255]),
    Buffer.from([0x21, 0xff, 11, ...Buffer.from('NETSCAPE2.0'), 3, 1, 0, 0, 0]),
    Buffer.from([0x21, 0xfe, text.length, ...text, 0]),
    Buffer.from([0x2c, 0, 0, 0, 0, width, 0, height, 0, 0, 2, 2, 0x44, 1, 0]),
    Buffer.from([0x3b]),
  ])
}

export function webp(width = 9, height = 7, secret = 'made by nobody'): Buffer {
  const sizes = Buffer.alloc(10)
  sizes[0] = 0x08 | 0x04
  sizes.writeUIntLE(width - 1, 4, 3)
  sizes.writeUIntLE(height - 1, 7, 3)
  const body = Buffer.concat([
    riff('VP8X', sizes),
    riff('VP8L', Buffer.from([0x2f, 1, 2, 3, 4])),
    riff('EXIF', Buffer.from(secret)),
    riff('XMP ', Buffer.from(secret)),
  ])
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1')
  head.writeUInt32LE(body.length + 4, 4)
  return Buffer.concat([head, body])
}

function chunk(name: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name), content])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}
const segment = (marker: number, content: Buffer) =>
  Buffer.concat([Buffer.from([0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 255]), content])
function riff(name: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(content.length)
  return Buffer.concat([Buffer.from(name), length, content, Buffer.alloc(content.length % 2)])
}
