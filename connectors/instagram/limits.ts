// How long a text may be on Instagram, and where that is written.
import type { LengthRule, Limits } from '../connector.ts'

const CHECKED = '2026-11-22'

export const limits = {
  public: characters(2_196, 'Comment: Meta documents no number; 2,196 characters is what tools were seen to get through.'),
  private: {
    limit: 1_000,
    count: text => Buffer.byteLength(text, 'utf8'),
    unit: 'bytes',
    rule: 'utf8-bytes',
    source:
      'Direct message: developers.facebook.com/docs/messenger-platform/instagram/features/send-message, text in UTF-8 of 1,000 bytes.',
    checkedOn: CHECKED,
  },
  // Every post is a picture with a caption; Heed posts none.
  status: null,
  pictures: {
    public: {
      most: 0,
      because: 'Instagram’s comments hold words only. Write privately to send a picture.',
      source: 'https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-comment/replies',
      checkedOn: CHECKED,
    },
    private: {
      most: 4,
      maxBytes: 8_000_000,
      types: ['image/jpeg', 'image/png'],
      altLimit: null,
      isApart: true,
      source: 'https://developers.facebook.com/docs/messenger-platform/instagram/features/send-message',
      checkedOn: CHECKED,
    },
    status: {
      most: 0,
      because: 'Heed posts no status on Instagram.',
      source: 'https://developers.facebook.com/docs/instagram-platform/content-publishing',
      checkedOn: CHECKED,
    },
  },
} satisfies Limits

function characters(limit: number, source: string): LengthRule {
  return { limit, count: text => text.length, unit: 'characters', rule: 'utf16', source, checkedOn: CHECKED }
}
