// How long a text may be on Facebook, and where that is written.
import type { LengthRule, Limits, PictureRule } from '../connector.ts'

const CHECKED = '2026-11-21'

export const limits = {
  public: characters(8_000, 'Comment: Meta documents no limit; 8,000 characters is what facebook.com accepts.'),
  private: characters(2_000, 'Messenger text: developers.facebook.com/docs/messenger-platform/reference/send-api, message.text.'),
  status: characters(63_206, 'Page post: Meta documents no limit; 63,206 characters is what facebook.com accepts.'),
  pictures: {
    // A comment has one place for a picture: `attachment_id`.
    public: photos(1),
    private: {
      most: 4,
      maxBytes: 8_000_000,
      types: ['image/jpeg', 'image/png', 'image/gif'],
      altLimit: null,
      isApart: true,
      source: 'https://developers.facebook.com/docs/messenger-platform/reference/attachment-upload-api',
      checkedOn: '2026-11-22',
    },
    status: photos(4),
  },
} satisfies Limits

/** Meta publishes no length for `alt_text_custom`; facebook.com's own field ends there. */
function photos(most: number): PictureRule {
  return {
    most,
    maxBytes: 4_000_000,
    types: ['image/jpeg', 'image/png', 'image/gif'],
    altLimit: 1_000,
    source: 'https://developers.facebook.com/docs/graph-api/photo-uploads/',
    checkedOn: '2026-11-22',
  }
}

function characters(limit: number, source: string): LengthRule {
  return { limit, count: text => text.length, unit: 'characters', rule: 'utf16', source, checkedOn: CHECKED }
}
