// One private message on Bluesky, as a talk's list shows it.
import type { Incoming } from '../connector.ts'
import { shownText } from './facets.ts'
import { convoThreadKey, convoUrl } from './links.ts'
import { asDate, asList, asObject, asText, authorIn, type JsonObject } from './shape.ts'

export function readMessage(message: JsonObject, convo: JsonObject, account: string): Incoming[] {
  const type = asText(message.$type, 'message.$type')
  // "Somebody joined", "the talk was renamed": nobody's words.
  if (type === 'chat.bsky.convo.defs#systemMessageView') return []
  const convoId = asText(convo.id, 'convo.id')
  const externalId = `${convoId}/${asText(message.id, 'message.id')}`
  if (type === 'chat.bsky.convo.defs#deletedMessageView') return [{ kind: 'removal', account, visibility: 'private', externalId, at: null }]
  if (type !== 'chat.bsky.convo.defs#messageView') throw new Error(`Bluesky sent a message of a kind we do not know: ${type}`)
  const sender = asText(asObject(message.sender, 'message.sender').did, 'sender.did')
  const members = asList(convo.members, 'convo.members').map(authorIn)
  const isOurs = sender === account
  return [
    {
      kind: 'mention',
      account,
      mention: {
        externalId,
        visibility: 'private',
        direction: isOurs ? 'outbound' : 'inbound',
        threadKey: convoThreadKey(convoId),
        parentExternalId: null,
        // Somebody who has left the talk can still be named by the DID.
        author: members.find(one => one.externalId === sender) ?? { externalId: sender, handle: '', name: sender, followers: null },
        text: shownText(asText(message.text, 'message.text'), message.facets),
        url: convoUrl(convoId),
        addressesUs: !isOurs,
        postedAt: asDate(message.sentAt, 'message.sentAt'),
        version: 0,
        isEdit: false,
        facts: { summonedBy: isOurs ? null : 'dm', ...(isGroup(convo) && { group: true }) },
      },
    },
  ]
}

function isGroup(convo: JsonObject): boolean {
  const kind = (convo.kind as JsonObject | undefined)?.$type
  return kind === 'chat.bsky.convo.defs#groupConvo' || asList(convo.members, 'convo.members').length > 2
}
