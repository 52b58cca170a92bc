// How long a text may be on Mastodon: dated facts, and what one instance says of itself.
import type { Account } from '../../domain.ts'
import type { LengthRule, Limits, PictureRule } from '../connector.ts'
import { mastodonLength } from './length.ts'

/** What an instance takes unless it says otherwise in `configuration.statuses.max_characters`. */
const USUAL_LIMIT = 500
/** Kept free in answers for the `@name ` before them, without which nobody is told: a local name has 30 characters at most. */
const ROOM_FOR_HANDLE = 32

const POST: LengthRule = {
  limit: USUAL_LIMIT,
  count: mastodonLength,
  unit: 'characters',
  rule: 'graphemes',
  source: 'https://docs.joinmastodon.org/user/posting/',
  checkedOn: '2026-11-21',
}
const ANSWER: LengthRule = { ...POST, limit: USUAL_LIMIT - ROOM_FOR_HANDLE }

/** What an instance takes as it comes; one that takes less says so when it is uploaded. Instances take 16 MB, but Heed keeps no more than 8. */
const PICTURES: PictureRule = {
  most: 4,
  maxBytes: 8_000_000,
  maxPixels: 33_177_600,
  types: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'],
  altLimit: 1_500,
  source: 'https://docs.joinmastodon.org/entities/Instance/',
  checkedOn: '2026-11-22',
}

export const limits = {
  public: ANSWER,
  private: ANSWER,
  status: POST,
  pictures: { public: PICTURES, private: PICTURES, status: PICTURES },
} satisfies Limits

/** The instance's own limit, as whoAmI found it. */
export function limitOf({ capabilities }: Pick<Account, 'capabilities'>): number {
  const given = Number(capabilities.maxCharacters)
  return Number.isInteger(given) && given > 0 ? given : USUAL_LIMIT
}

/** What the words of an answer may have of it. */
export const answerLimitOf = (account: Pick<Account, 'capabilities'>) => limitOf(account) - ROOM_FOR_HANDLE
