// The words of a post or private message as a person sees them: links as they were written, no HTML escapes.

export interface WrittenText {
  text?: string
  entities?: { urls?: { url?: string; expanded_url?: string; media_key?: string }[] }
  /** The whole text of a post longer than 280; `text` is cut then. */
  note_tweet?: { text?: string; entities?: WrittenText['entities'] }
}

/** `leftOut`: short links that stand for something else than words. */
export function shownText(post: WrittenText, leftOut: readonly string[] = []): string {
  const long = post.note_tweet?.text
  const urls = (long === undefined ? post.entities : (post.note_tweet?.entities ?? post.entities))?.urls ?? []
  const text = long ?? post.text ?? ''
  const words = leftOut.reduce((shown, link) => shown.replaceAll(link, ''), text)
  // X shortens every link to t.co, and sends & < > escaped, also in private messages.
  const unshortened = urls.reduce(
    (shown, { url, expanded_url }) => (url && expanded_url ? shown.replaceAll(url, () => expanded_url) : shown),
    leftOut.length ? words.trim() : words,
  )
  return unshortened.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
