// Search as far as a care desk asks it: words and "phrases" that must all be there, hashtags, a language, from when until when.
import { type BlueskyPost, sortedAt } from './state.ts'

export function isAskedFor(post: BlueskyPost, params: Record<string, unknown>): boolean {
  const { lang, since, until } = params as Record<string, string | undefined>
  if (lang && !post.record.langs?.includes(lang)) return false
  if (since && sortedAt(post) < Date.parse(since)) return false
  if (until && sortedAt(post) >= Date.parse(until)) return false
  const text = post.record.text.toLowerCase()
  const words = new Set(text.split(/[^\p{L}\p{M}\p{N}#_]+/u))
  const asked =
    String(params.q)
      .toLowerCase()
      .match(/"[^"]*"|\S+/g) ?? []
  return asked.every(one => (one.startsWith('"') ? text.includes(one.slice(1, -1)) : words.has(one)))
}
