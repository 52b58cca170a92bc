// How long a text is by its platform's rule, as the server counts it.

/** `load` fetches the platform's own rule where it has one. */
export async function counterFor(rule, load) {
  switch (rule) {
    case 'x-weighted':
      return (await load()).weightedReplyLength
    case 'utf16':
      return text => text.length
    case 'utf8-bytes':
      return text => new TextEncoder().encode(text).length
    case 'graphemes':
      return text => [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)].length
    default:
      throw new Error(`no such rule: ${rule}`)
  }
}
