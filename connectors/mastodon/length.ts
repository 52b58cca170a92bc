// How long an instance thinks a text is: graphemes, with links at a fixed length and handles without their instance; pure.
// The rule: app/validators/status_length_validator.rb of Mastodon, https://github.com/mastodon/mastodon, checked 2026-11-21.

/** A link counts 23 (only with http:// or https:// before it), `@cleo@far.example` counts as `@cleo`. */
export function mastodonLength(text: string): number {
  const counted = text.replace(LINK, 'x'.repeat(LINK_LENGTH)).replace(FULL_HANDLE, '$1')
  let length = 0
  for (const _ of GRAPHEMES.segment(counted)) length++
  return length
}

/** The handles an answer begins with: they name whom it goes to, and Mastodon tells only those named. */
export const LEADING_HANDLES = /^(?:\s*@[\w.-]+(?:@[\w.-]+\w)?(?=\s|$))+\s*/u

export const FULL_HANDLE = /(?<![\w/])(@\w+(?:[.-]+\w+)*)@(?:[\w-]+\.)+[\w-]+/gu

const LINK_LENGTH = 23
const LINK = /(?<![\w@#$])https?:\/\/(?:[\p{L}\p{N}_-]+\.)+\p{L}[\p{L}\p{N}-]+(?::\d{1,5})?(?:[/?#][^\s<>"“”]*[^\s<>"“”.,:;!?)\]'’]|\/)?/giu
const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' })
