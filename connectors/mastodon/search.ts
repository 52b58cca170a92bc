// Looks for a watch term on an instance: hashtags in their timelines, other words in its search, newest first, back to what is known.
import type { mastodon } from 'masto'
import type { Line, PollPage, Search, TermProblem, Watched } from '../connector.ts'
import { type ListPage, walkNewest } from '../newest-first.ts'
import { hasUnwanted, isHashtag, isInLanguage } from '../watch-term.ts'
import { callMastodon } from './call.ts'
import { Roots } from './roots.ts'
import { plainText } from './text.ts'

/**
 * Search for words finds only what its authors allowed to be found, where the instance has such a search at all: elsewhere it answers with
 * an empty list. Hashtags are found everywhere. https://docs.joinmastodon.org/methods/search/, checked 2026-11-22.
 */
export const search: Search = {
  everyMs: 120_000,
  asks: term =>
    [
      ...term.anyOf.filter(isHashtag).map(tag => `timeline of ${tag}`),
      ...term.anyOf.filter(word => !isHashtag(word)).map(word => `search for ${phraseOf(word)}, where the instance has one`),
    ].join(' · '),
  problemsOf: term => (term.anyOf.length > MOST_WORDS ? [tooMany(term.anyOf.length), ...hashtagProblems(term)] : hashtagProblems(term)),
  search: (line, term, cursor, since) => {
    const roots = new Roots(line, true)
    return walkNewest(
      term.anyOf.map(word => after => (isHashtag(word) ? tagPage(line, term, word, after) : wordPage(line, term, word, after))),
      {
        cursor,
        since,
        pageOf: async raws => {
          const statuses = raws as mastodon.v1.Status[]
          return { list: `search:${term.id}`, body: JSON.stringify({ statuses, roots: await roots.of(statuses) }) } satisfies PollPage
        },
      },
    )
  },
}

async function tagPage(line: Line, term: Watched, word: string, maxId: string | undefined): Promise<ListPage> {
  const { data } = await callMastodon(line, 'read', client =>
    client.v1.timelines.tag.$select(word.slice(1)).list.$raw({ limit: PAGE_SIZE, ...(maxId && { maxId }) }),
  )
  return asPage(data, term, oldest => oldest)
}

async function wordPage(line: Line, term: Watched, word: string, offset: string | undefined): Promise<ListPage> {
  const from = Number(offset ?? 0)
  const { data } = await callMastodon(line, 'read', client =>
    client.v2.search.list.$raw({ q: phraseOf(word), type: 'statuses', limit: PAGE_SIZE, ...(from && { offset: from }) }),
  )
  const next = from + data.statuses.length
  return asPage(data.statuses, term, () => (next < MOST_RESULTS ? String(next) : undefined))
}

/** A page that is not full is the last. */
function asPage(statuses: readonly mastodon.v1.Status[], term: Watched, nextOf: (oldestId: string) => string | undefined): ListPage {
  const last = statuses.at(-1)
  return {
    items: statuses.map(raw => ({ id: raw.id, at: Date.parse(raw.createdAt), raw, isUnwanted: !isWanted(raw, term) })),
    next: last && statuses.length === PAGE_SIZE ? nextOf(last.id) : undefined,
  }
}

/** A boost is counted on what it boosts. */
const isWanted = (status: mastodon.v1.Status, term: Watched) =>
  !status.reblog &&
  !hasUnwanted(`${status.spoilerText} ${plainText(status.content)}`, term) &&
  isInLanguage(status.language ? [status.language] : [], term)

const phraseOf = (word: string) => (/^[\p{L}\p{M}\p{N}_]+$/u.test(word) ? word : `"${word}"`)

const hashtagProblems = (term: Watched): TermProblem[] =>
  term.anyOf
    .filter(word => isHashtag(word) && !HASHTAG.test(word))
    .map(word => ({ field: 'anyOf', because: `“${word}” is no hashtag on Mastodon: letters, digits and _ only, and not digits alone.` }))
const tooMany = (count: number): TermProblem => ({
  field: 'anyOf',
  because: `On Mastodon each word is a search of its own: at most ${MOST_WORDS} in one term; these are ${count}. Make two terms of it.`,
})

/** https://docs.joinmastodon.org/user/posting/#hashtags, checked 2026-11-22. */
const HASHTAG = /^#(?![\p{N}_]+$)[\p{L}\p{M}\p{N}_]+$/u
const MOST_WORDS = 10
const PAGE_SIZE = 40
/** Elasticsearch gives no more. */
const MOST_RESULTS = 4000
