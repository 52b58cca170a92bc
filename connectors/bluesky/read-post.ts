// One post on Bluesky: somebody's who spoke to us or of us, or our own.
import type { Incoming } from '../connector.ts'
import { wordsOr } from '../wordless.ts'
import { shownText } from './facets.ts'
import { postUrl } from './links.ts'
import { attachmentsOf } from './media.ts'
import { sortedAt } from './moment.ts'
import { asObject, asText, authorIn, type JsonObject } from './shape.ts'

/** `reason`: how it turns to us, as Bluesky calls it; null: not at all, or it is ours. */
export function readPost(view: JsonObject, account: string, reason: string | null): Incoming[] {
  const uri = asText(view.uri, 'uri')
  const cid = asText(view.cid, 'cid')
  const author = authorIn(view.author)
  const record = asObject(view.record, 'record')
  const reply = record.reply === undefined ? null : asObject(record.reply, 'reply')
  const root = reply && asObject(reply.root, 'reply.root')
  const parent = reply && asObject(reply.parent, 'reply.parent')
  const isOurs = author.externalId === account
  const attachments = attachmentsOf(record, author.externalId)
  return [
    {
      kind: 'mention',
      account,
      mention: {
        externalId: uri,
        visibility: 'public',
        direction: isOurs ? 'outbound' : 'inbound',
        // A post never moves to another thread, and the thread is named by the post it began with.
        threadKey: root ? asText(root.uri, 'reply.root.uri') : uri,
        parentExternalId: parent ? asText(parent.uri, 'reply.parent.uri') : null,
        author,
        text: wordsOr(shownText(asText(record.text, 'record.text'), record.facets), attachments),
        ...(attachments && { attachments }),
        url: postUrl(author.handle, uri),
        addressesUs: !isOurs && reason !== null,
        postedAt: new Date(sortedAt(record, asText(view.indexedAt, 'indexedAt'))),
        // There are no edits.
        version: 0,
        isEdit: false,
        facts: {
          summonedBy: isOurs ? null : reason,
          cid,
          rootCid: root ? asText(root.cid, 'reply.root.cid') : cid,
          quotes: quotedIn(record.embed),
          ...(typeof view.repostCount === 'number' && view.repostCount > 0 && { reposts: view.repostCount }),
        },
      },
    },
  ]
}

/** Why Bluesky would tell us of a post that a search found: the first reason that fits, as there. */
export function reasonIn(view: JsonObject, account: string): 'mention' | 'quote' | 'reply' | null {
  const record = asObject(view.record, 'record')
  const facets = (Array.isArray(record.facets) ? record.facets : []) as { features?: { did?: unknown }[] }[]
  if (facets.some(facet => facet?.features?.some(feature => feature?.did === account))) return 'mention'
  const isOurs = (uri: unknown) => typeof uri === 'string' && uri.startsWith(`at://${account}/`)
  if (isOurs(quotedIn(record.embed))) return 'quote'
  const reply = record.reply as { parent?: JsonObject; root?: JsonObject } | undefined
  return isOurs(reply?.parent?.uri) || isOurs(reply?.root?.uri) ? 'reply' : null
}

/** A quote stands in the embed, alone or beside pictures. */
function quotedIn(embed: unknown): string | null {
  const outer = embed as { $type?: unknown; record?: { uri?: unknown; record?: { uri?: unknown } } } | undefined
  if (outer?.$type === 'app.bsky.embed.record') return textOrNull(outer.record?.uri)
  if (outer?.$type === 'app.bsky.embed.recordWithMedia') return textOrNull(outer.record?.record?.uri)
  return null
}

const textOrNull = (value: unknown) => (typeof value === 'string' ? value : null)
