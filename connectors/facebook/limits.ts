// How long a text may be on Facebook, and where that is written.
import type { LengthRule, Limits } from '../connector.ts'

const CHECKED = '2026-11-21'

export const limits = {
  public: characters(8_000, 'Comment: Meta documents no limit; 8,000 characters is what facebook.com accepts.'),
  private: characters(2_000, 'Messenger text: developers.facebook.com/docs/messenger-platform/reference/send-api, message.text.'),
  status: characters(63_206, 'Page post: Meta documents no limit; 63,206 characters is what facebook.com accepts.'),
} satisfies Limits

function characters(limit: number, source: string): LengthRule {
  return { limit, count: text => text.length, unit: 'characters', rule: 'utf16', source, checkedOn: CHECKED }
}
