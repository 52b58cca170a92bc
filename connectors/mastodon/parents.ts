// Fetches statuses that mentions answer from an instance: one call gives all that stands above a mention.
import type { Parents } from '../connector.ts'
import { callMastodon } from './call.ts'
import { isGone } from './problem.ts'

/** https://docs.joinmastodon.org/methods/statuses/#context, checked 2026-11-22. */
export const parents: Parents = {
  atOnce: 10,
  async find(line, wanted) {
    const found = { pages: [] as { list: string; body: string }[], missing: [] as { externalId: string; because: string }[] }
    for (const { externalId, childExternalId } of wanted) {
      const ancestors = await ancestorsOf(line, childExternalId)
      if (!ancestors.some(one => one.id === externalId)) {
        found.missing.push({ externalId, because: 'It was deleted, or its author does not show it to us.' })
        continue
      }
      const root = ancestors[0]!.id
      const roots = Object.fromEntries(ancestors.map(one => [one.id, root]))
      found.pages.push({ list: 'parents', body: JSON.stringify({ statuses: ancestors.slice(-MOST_ABOVE), roots }) })
    }
    return found
  },
}

async function ancestorsOf(line: Parameters<Parents['find']>[0], id: string) {
  try {
    const { data } = await callMastodon(line, 'read', client => client.v1.statuses.$select(id).context.fetch.$raw())
    return data?.ancestors ?? []
  } catch (error) {
    // The mention itself went meanwhile.
    if (isGone(error)) return []
    throw error
  }
}

const MOST_ABOVE = 3
