// What kind of picture some bytes are, by how they begin and not by what anybody calls them. SVG is none: it is a page with scripts.

export type ShownType = 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp' | 'image/avif'

export function pictureTypeOf(bytes: Uint8Array): ShownType | null {
  const begins = (...hex: number[]) => hex.every((byte, nth) => bytes[nth] === byte)
  const ascii = (from: number, length: number) => String.fromCharCode(...bytes.subarray(from, from + length))
  if (begins(0xff, 0xd8, 0xff)) return 'image/jpeg'
  if (begins(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png'
  if (/^GIF8[79]a$/.test(ascii(0, 6))) return 'image/gif'
  if (ascii(0, 4) === 'RIFF' && ascii(8, 4) === 'WEBP') return 'image/webp'
  if (ascii(4, 4) === 'ftyp' && /^avi[fs]$/.test(ascii(8, 4))) return 'image/avif'
  return null
}
