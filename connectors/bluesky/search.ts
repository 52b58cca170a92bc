// Asks Bluesky's search for a watch term: each of its words by itself, newest first, back to what is known.
import { type AppBskyFeedDefs, stringifyLex } from '@atproto/api'
import type { Line, PollPage, Search, TermProblem, Watched } from '../connector.ts'
import { type ListPage, walkNewest } from '../newest-first.ts'
import { hasUnwanted, isHashtag, isInLanguage } from '../watch-term.ts'
import { callBluesky } from './call.ts'
import { sortedAt } from './moment.ts'

/**
 * Bluesky documents no OR and no way to leave words out, so each word is asked for by itself and what is unwanted is dropped here.
 * https://docs.bsky.app/docs/api/app-bsky-feed-search-posts, checked 2026-11-22.
 */
export const search: Search = {
  everyMs: 120_000,
  asks: term => term.anyOf.map(word => [wordOf(word), ...(langOf(term) ? [`lang ${langOf(term)}`] : [])].join(', ')).join(' · then · '),
  problemsOf: term => (term.anyOf.length > MOST_WORDS ? [tooMany(term.anyOf.length), ...hashtagProblems(term)] : hashtagProblems(term)),
  search: (line, term, cursor, since) =>
    walkNewest(
      term.anyOf.map(word => after => onePage(line, term, word, after)),
      {
        cursor,
        since,
        pageOf: posts => ({ list: `search:${term.id}`, body: stringifyLex({ posts }) }) satisfies PollPage,
      },
    ),
}

async function onePage(line: Line, term: Watched, word: string, cursor: string | undefined): Promise<ListPage> {
  const lang = langOf(term)
  const { data } = await callBluesky(line, 'read', agent =>
    agent.app.bsky.feed.searchPosts({ q: wordOf(word), sort: 'latest', limit: 100, ...(lang && { lang }), ...(cursor && { cursor }) }),
  )
  return {
    items: data.posts.map(raw => ({ id: raw.uri, at: sortedAt(raw.record, raw.indexedAt), raw, isUnwanted: !isWanted(raw, term) })),
    next: data.cursor,
  }
}

function isWanted({ record }: AppBskyFeedDefs.PostView, term: Watched): boolean {
  const { text, langs } = record as { text?: unknown; langs?: unknown }
  return (
    !hasUnwanted(typeof text === 'string' ? text : '', term) &&
    isInLanguage(Array.isArray(langs) ? langs.filter(one => typeof one === 'string') : [], term)
  )
}

/** Between quotation marks several words are looked for as they stand. */
const wordOf = (word: string) => (isHashtag(word) || /^[\p{L}\p{M}\p{N}_]+$/u.test(word) ? word : `"${word}"`)
/** Bluesky takes one language; of several, the others are told apart here. */
const langOf = (term: Watched) => (term.languages.length === 1 ? term.languages[0] : undefined)

const hashtagProblems = (term: Watched): TermProblem[] =>
  term.anyOf
    .filter(word => isHashtag(word) && !HASHTAG.test(word))
    .map(word => ({ field: 'anyOf', because: `“${word}” is no hashtag on Bluesky: no spaces, at most 64 characters, not digits alone.` }))
const tooMany = (count: number): TermProblem => ({
  field: 'anyOf',
  because: `On Bluesky each word is a search of its own: at most ${MOST_WORDS} in one term; these are ${count}. Make two terms of it.`,
})

const HASHTAG = /^#(?!\p{N}+$)[^\s#\p{P}][^\s#]{0,63}$/u
const MOST_WORDS = 10
