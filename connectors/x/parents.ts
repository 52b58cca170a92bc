// Fetches posts that mentions answer from X, up to a hundred with one call.
import type { Parents } from '../connector.ts'
import { callX } from './call.ts'
import { MENTION_FIELDS } from './poll.ts'
import { typeOf, type XProblem } from './problem.ts'

export const parents: Parents = {
  atOnce: 100,
  async find(line, wanted) {
    const ids = wanted.map(one => one.externalId)
    const found = await callX(line, 'read', client => client.v2.get<Found>('tweets', { ...MENTION_FIELDS, ids: ids.join(',') }))
    const posts = new Set((found.data ?? []).map(post => post.id))
    const problems = new Map((found.errors ?? []).map(problem => [problem.resource_id, problem]))
    return {
      pages: posts.size ? [{ list: 'parents', body: JSON.stringify(found) }] : [],
      missing: ids.filter(id => !posts.has(id)).map(externalId => ({ externalId, because: wordsFor(problems.get(externalId)) })),
    }
  },
}

interface Found {
  data?: { id: string }[]
  includes?: unknown
  errors?: XProblem[]
}

/** https://docs.x.com/x-api/fundamentals/response-codes-and-errors, checked 2026-11-22. */
function wordsFor(problem: XProblem | undefined): string {
  switch (typeOf(problem)) {
    case 'resource-not-found':
      return 'It was deleted on X.'
    case 'not-authorized-for-resource':
      return 'Its author shows it only to followers, or is suspended on X.'
  }
  return problem?.detail ?? 'X does not show it, and does not say why.'
}
