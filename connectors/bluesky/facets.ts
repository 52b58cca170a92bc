// Which parts of a text are links, tags and handles: Bluesky shows as such only what the record marks.
import { type AppBskyRichtextFacet, RichText } from '@atproto/api'
import type { Line } from '../connector.ts'
import { PlatformError } from '../connector.ts'
import { callBluesky } from './call.ts'

type Facet = AppBskyRichtextFacet.Main

/**
 * The library finds them but turns every failed look-up of a handle into plain text without a word. Here a handle nobody has becomes plain
 * text, and a server that cannot be asked stops the send while nothing has been posted. `known`: handles whose DID we have already.
 */
export async function facetsOf(text: string, known: ReadonlyMap<string, string>, line: Line): Promise<Facet[] | undefined> {
  const rich = new RichText({ text })
  rich.detectFacetsWithoutResolution()
  const facets: Facet[] = []
  for (const facet of rich.facets ?? []) {
    const handle = facet.features.find(feature => feature.$type === 'app.bsky.richtext.facet#mention') as { did: string } | undefined
    if (!handle) {
      facets.push(facet)
      continue
    }
    const did = known.get(handle.did.toLowerCase()) ?? (await didOf(handle.did, line))
    if (did) facets.push({ ...facet, features: [{ $type: 'app.bsky.richtext.facet#mention', did }] })
  }
  return facets.length ? facets : undefined
}

async function didOf(handle: string, line: Line): Promise<string | null> {
  try {
    return (await callBluesky(line, 'read', agent => agent.com.atproto.identity.resolveHandle({ handle }))).data.did
  } catch (error) {
    // Nobody has this handle.
    if (error instanceof PlatformError && error.kind === 'refused') return null
    throw error
  }
}

/** A link's text is cut on the screen ("example.com/very-lo…"): the rep is shown where it leads. */
export function shownText(text: string, facets: unknown): string {
  if (!Array.isArray(facets) || facets.length === 0) return text
  let shown = ''
  for (const segment of new RichText({ text, facets: facets.filter(isFacet) }).segments()) {
    const isCut = /(…|\.\.\.)$/.test(segment.text)
    shown += isCut && segment.link ? segment.link.uri : segment.text
  }
  return shown
}

/** Anybody may write anything into a record; only what has a place in the text can be looked at. */
function isFacet(value: unknown): value is Facet {
  const facet = value as { index?: { byteStart?: unknown; byteEnd?: unknown }; features?: unknown } | null
  return Number.isInteger(facet?.index?.byteStart) && Number.isInteger(facet?.index?.byteEnd) && Array.isArray(facet?.features)
}
