// What a picture's file is, and what of it is kept.
import { describe, expect, it } from 'vitest'
import { readPictureFile } from '../../responders/picture-file.ts'
import { gif, jpeg, png, webp } from '../pictures.ts'

const SECRET = 'GPS 52.5163N 13.3777E, camera 4711'

describe('a picture’s file', () => {
  it.each([
    ['image/jpeg', jpeg(40, 30), 40, 30],
    ['image/png', png(8, 6), 8, 6],
    ['image/gif', gif(5, 4), 5, 4],
    ['image/webp', webp(9, 7), 9, 7],
  ])('is known by its bytes: %s', (type, bytes, width, height) => {
    expect(readPictureFile(bytes)).toMatchObject({ type, width, height })
  })

  it.each([
    ['JPEG', jpeg(40, 30, { secret: SECRET })],
    [
      'PNG',
      png(8, 6, [
        ['tEXt', SECRET],
        ['eXIf', SECRET],
        ['iTXt', SECRET],
        ['tIME', SECRET],
        ['prVt', SECRET],
      ]),
    ],
    ['GIF', gif(5, 4, SECRET)],
    ['WebP', webp(9, 7, SECRET)],
  ])('keeps no place and no device: %s', (_kind, bytes) => {
    expect(bytes.includes(SECRET)).toBe(true)
    const kept = readPictureFile(bytes)!.bytes
    expect(Buffer.from(kept).includes(SECRET)).toBe(false)
    expect(readPictureFile(kept)?.bytes).toEqual(kept)
  })

  it('keeps the colours, the whole scan and nothing behind the end of a JPEG', () => {
    const kept = Buffer.from(readPictureFile(jpeg(40, 30, { secret: SECRET }))!.bytes)
    expect(kept.includes('ICC_PROFILE')).toBe(true)
    expect(kept.subarray(-10)).toEqual(Buffer.from([1, 2, 0xff, 0, 3, 0xff, 0xd0, 4, 0xff, 0xd9]))
  })

  it('keeps which way is up, and counts width and height as they will be shown', () => {
    const read = readPictureFile(jpeg(40, 30, { secret: SECRET, orientation: 6 }))!
    expect(read).toMatchObject({ width: 30, height: 40 })
    expect(readPictureFile(read.bytes)).toMatchObject({ width: 30, height: 40 })
  })

  it('leaves no flag in a WebP that speaks of what is gone', () => {
    expect(readPictureFile(webp())!.bytes[20]).toBe(0)
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['HTML', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
    ['a PDF called picture.png', Buffer.from('%PDF-1.7 and so on')],
    ['a PNG without its beginning', png().subarray(0, 16)],
    ['a picture of no size', png(0, 0)],
  ])('is none: %s', (_what, bytes) => {
    expect(readPictureFile(bytes)).toBeNull()
  })

  it.each([
    ['JPEG', jpeg()],
    ['PNG', png()],
    ['GIF', gif()],
    ['WebP', webp()],
  ])('broken off anywhere, is none: %s', (_kind, bytes) => {
    for (let end = 1; end < bytes.length; end++) expect(readPictureFile(bytes.subarray(0, end))).toBeNull()
  })
})
