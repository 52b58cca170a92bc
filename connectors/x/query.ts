// A watch term in X's search language, and what X would not take of it.
import type { Account } from '../../domain.ts'
import type { TermProblem, Watched } from '../connector.ts'
import { isHashtag } from '../watch-term.ts'

/**
 * Reposts are left out: each would be read, and paid for, like a post of its own; the post itself says how often it was passed on.
 * https://docs.x.com/x-api/posts/search/integrate/build-a-query, checked 2026-11-22.
 */
export function queryOf(term: Watched, account: Pick<Account, 'handle'>): string {
  const languages = term.languages.map(one => `lang:${one}`)
  return [
    oneOf(term.anyOf.map(asked)),
    ...(languages.length ? [oneOf(languages)] : []),
    ...term.noneOf.map(word => `-${asked(word)}`),
    '-is:retweet',
    ...(account.handle ? [`-from:${account.handle}`] : []),
  ].join(' ')
}

export function problemsOf(term: Watched, account: Pick<Account, 'handle' | 'capabilities'>): TermProblem[] {
  const limit = account.capabilities.tier === 'enterprise' ? ENTERPRISE_LENGTH : SELF_SERVE_LENGTH
  const length = queryOf(term, account).length
  return [
    ...wordProblems('anyOf', term.anyOf),
    ...wordProblems('noneOf', term.noneOf),
    ...(length > limit
      ? [
          {
            field: 'anyOf' as const,
            because: `X takes a search of at most ${limit} characters; this makes ${length}. Take words away, or make two terms of it.`,
          },
        ]
      : []),
  ]
}

function wordProblems(field: TermProblem['field'], words: readonly string[]): TermProblem[] {
  return words.flatMap(word => {
    if (isHashtag(word) && !HASHTAG.test(word))
      return [{ field, because: `“${word}” is no hashtag on X: letters, digits and _ only, and not digits alone.` }]
    if (word.startsWith('$')) return [{ field, because: `“${word}”: X searches for share symbols only on its larger plans.` }]
    if (!/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(word))
      return [{ field, because: `“${word}” has nothing in it that X can search for.` }]
    return []
  })
}

/** Whatever could be taken for one of X's operators (OR, from:, -, parentheses) goes between quotation marks, where it is only words. */
const asked = (word: string) => (PLAIN.test(word) && !/^(or|and)$/i.test(word) ? word : `"${word}"`)
const oneOf = (parts: readonly string[]) => (parts.length === 1 ? parts[0]! : `(${parts.join(' OR ')})`)

const PLAIN = /^(?:[#@]?[\p{L}\p{M}\p{N}_]+)$/u
const HASHTAG = /^#(?!\p{N}+$)[\p{L}\p{M}\p{N}_]+$/u
/** https://docs.x.com/x-api/fundamentals/rate-limits, checked 2026-11-22. */
const SELF_SERVE_LENGTH = 512
const ENTERPRISE_LENGTH = 4096
