// How long a text may be on X, and what it costs there: dated facts.
import type { LengthRule, Limits, PictureRule, Reach } from '../connector.ts'
import { weightedLength, weightedReplyLength } from './length.ts'

const POST: LengthRule = {
  limit: 280,
  count: weightedLength,
  unit: 'weighted characters',
  rule: 'x-weighted',
  source: 'https://docs.x.com/fundamentals/counting-characters',
  checkedOn: '2026-11-21',
}

/** An animated GIF is a film to X, takes a place of its own and is made ready over minutes: left to X's own app. */
const PICTURES: PictureRule = {
  most: 4,
  maxBytes: 5_000_000,
  types: ['image/jpeg', 'image/png', 'image/webp'],
  altLimit: 1_000,
  source: 'https://docs.x.com/x-api/media/quickstart/best-practices',
  checkedOn: '2026-11-22',
}

export const limits = {
  public: { ...POST, count: weightedReplyLength },
  private: {
    limit: 10_000,
    count: text => text.length,
    unit: 'characters',
    rule: 'utf16',
    source: 'https://docs.x.com/x-api/direct-messages/manage/introduction',
    checkedOn: '2026-11-21',
  },
  status: POST,
  pictures: {
    public: PICTURES,
    // One attachment a message; X shows no description of it.
    private: { ...PICTURES, most: 1, altLimit: null },
    status: PICTURES,
  },
} satisfies Limits

/** How far back X shows what we did not read. */
export const REACH = {
  mentions: {
    mentions: 800,
    source: 'https://docs.x.com/x-api/posts/timelines/introduction',
    checkedOn: '2026-11-21',
  },
  search: { hours: 7 * 24, source: 'https://docs.x.com/x-api/posts/search/introduction', checkedOn: '2026-11-21' },
  dms: { hours: 30 * 24, source: 'https://docs.x.com/x-api/direct-messages/lookup/introduction', checkedOn: '2026-11-22' },
} as const satisfies Record<string, Reach>

/** US dollars on the self-serve plans (pay per use); Enterprise has a contract instead. */
export const PRICES = {
  summonedReply: 0.01,
  post: 0.015,
  postWithLink: 0.2,
  directMessage: 0.015,
  /** Mentions of the app's own account. */
  readOwned: 0.001,
  readPost: 0.005,
  readDirectMessage: 0.01,
  source: 'https://docs.x.com/x-api/getting-started/pricing',
  checkedOn: '2026-11-21',
} as const
