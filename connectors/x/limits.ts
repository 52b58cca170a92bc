// How long a text may be on X, and what it costs there: dated facts.
import type { LengthRule, Limits } from '../connector.ts'
import { weightedLength, weightedReplyLength } from './length.ts'

const POST: LengthRule = {
  limit: 280,
  count: weightedLength,
  unit: 'weighted characters',
  rule: 'x-weighted',
  source: 'https://docs.x.com/fundamentals/counting-characters',
  checkedOn: '2026-11-21',
}

export const limits: Limits = {
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
}

/** US dollars on the self-serve plans (pay per use); Enterprise has a contract instead. */
export const PRICES = {
  summonedReply: 0.01,
  post: 0.015,
  postWithLink: 0.2,
  directMessage: 0.015,
  source: 'https://docs.x.com/x-api/getting-started/pricing',
  checkedOn: '2026-11-21',
} as const
