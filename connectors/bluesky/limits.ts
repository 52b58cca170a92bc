// How long a text may be on Bluesky: dated facts.
import type { LengthRule, Limits, PictureRule } from '../connector.ts'

/** Every limit on graphemes has a second one on bytes, ten for each grapheme: few texts but those of long emoji meet it. */
const BYTES_PER_GRAPHEME = 10

/** The lexicon takes any picture; a GIF would stand still. It names no length for descriptions: 2,000 is where bsky.app ends. */
const PICTURES: PictureRule = {
  most: 4,
  maxBytes: 2_000_000,
  types: ['image/jpeg', 'image/png', 'image/webp'],
  altLimit: 2_000,
  source: 'https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/embed/images.json',
  checkedOn: '2026-11-22',
}

export const limits = {
  public: ruleOf(300, 'https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json'),
  private: ruleOf(1000, 'https://github.com/bluesky-social/atproto/blob/main/lexicons/chat/bsky/convo/defs.json'),
  status: ruleOf(300, 'https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json'),
  pictures: {
    public: PICTURES,
    private: {
      most: 0,
      because: 'Bluesky’s private messages hold words only. Answer in public to send a picture.',
      source: 'https://github.com/bluesky-social/atproto/blob/main/lexicons/chat/bsky/convo/defs.json',
      checkedOn: '2026-11-22',
    },
    status: PICTURES,
  },
} satisfies Limits

export function graphemesOf(text: string): number {
  let graphemes = 0
  for (const _ of SEGMENTER.segment(text)) graphemes++
  return graphemes
}

function ruleOf(limit: number, source: string): LengthRule {
  const count = (text: string) => {
    const bytes = Buffer.byteLength(text)
    // Over the bytes, a count within the limit would be a lie: then each ten bytes begun count as one.
    return bytes > limit * BYTES_PER_GRAPHEME ? Math.max(graphemesOf(text), Math.ceil(bytes / BYTES_PER_GRAPHEME)) : graphemesOf(text)
  }
  return { limit, count, unit: 'graphemes', rule: 'graphemes', source, checkedOn: '2026-11-21' }
}

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' })
