// Private talks of two on the simulated Bluesky's chat server.
import { basic } from './feed.ts'
import { didFor } from './ids.ts'
import { XrpcProblem } from './problems.ts'
import type { BlueskyMessage, BlueskyState, BlueskyUser, BlueskyWorld } from './state.ts'
import type { Method } from './xrpc.ts'

export const chatMethods: Record<string, Method> = {
  'chat.bsky.convo.listConvos': ({ world, params, caller }) => {
    const { user } = caller()
    const talks = [...new Set(world.state.messages.filter(one => isIn(one, user)).map(one => one.convoId))]
      .map(id => convoView(world.state, id, user))
      .filter(convo => !params.status || convo.status === params.status)
      .sort((a, b) => (a.rev < b.rev ? 1 : -1))
    const rest = params.cursor ? talks.filter(convo => convo.rev < String(params.cursor)) : talks
    const convos = rest.slice(0, Number(params.limit ?? 50))
    return { convos, ...(rest.length > convos.length && { cursor: convos.at(-1)!.rev }) }
  },

  'chat.bsky.convo.getMessages': ({ world, params, caller }) => {
    const { user } = caller()
    const all = messagesOf(world.state, String(params.convoId))
      .filter(one => isIn(one, user))
      .reverse()
    if (all.length === 0) throw new XrpcProblem(400, 'InvalidConvo', 'convo not found')
    const rest = params.cursor ? all.filter(one => one.id < String(params.cursor)) : all
    const messages = rest.slice(0, Number(params.limit ?? 50))
    return { messages: messages.map(messageView), ...(rest.length > messages.length && { cursor: messages.at(-1)!.id }) }
  },

  'chat.bsky.convo.getConvoForMembers': ({ world, params, caller }) => {
    const { user } = caller()
    const other = world.state.users.get((params.members as string[]).find(did => did !== user.did) ?? '')
    if (!other) throw new XrpcProblem(400, 'RecipientNotFound', 'recipient not found')
    const convoId = convoIdOf(user.did, other.did)
    if (messagesOf(world.state, convoId).length === 0) refuseClosed(other)
    return { convo: convoView(world.state, convoId, user, other) }
  },

  'chat.bsky.convo.sendMessage': ({ world, input, caller }) => {
    const { user } = caller()
    const convoId = String(input.convoId)
    const other = [...world.state.users.values()].find(one => one.did !== user.did && convoIdOf(user.did, one.did) === convoId)
    if (!other) throw new XrpcProblem(400, 'InvalidConvo', 'convo not found')
    return messageView(say(world, user, other, (input.message as { text: string }).text))
  },
}

/** The one way by which a message comes to be, for the API and for the control. */
export function say(world: BlueskyWorld, from: BlueskyUser, to: BlueskyUser, text: string): BlueskyMessage {
  const at = world.clock.now()
  const message = { id: world.ids.next(at), convoId: convoIdOf(from.did, to.did), from: from.did, to: to.did, text, at }
  world.record({ type: 'message', message })
  return message
}

function convoView(state: BlueskyState, id: string, user: BlueskyUser, other?: BlueskyUser) {
  const messages = messagesOf(state, id)
  const first = messages[0]
  const them = other ?? state.users.get(first?.from === user.did ? first.to : first!.from)!
  const last = messages.at(-1)
  return {
    id,
    rev: last?.id ?? '2222222222222',
    members: [user, them].map(basic),
    ...(last && { lastMessage: messageView(last) }),
    muted: false,
    // A stranger's talk is a request until we have said something in it.
    status: messages.some(one => one.from === user.did) ? 'accepted' : 'request',
    unreadCount: 0,
  }
}

function messageView({ id, from, text, at, isDeleted }: BlueskyMessage) {
  const known = { id, rev: id, sender: { did: from }, sentAt: new Date(at).toISOString() }
  return isDeleted
    ? { $type: 'chat.bsky.convo.defs#deletedMessageView', ...known }
    : { $type: 'chat.bsky.convo.defs#messageView', ...known, text }
}

function refuseClosed({ takesMessagesFrom }: BlueskyUser): void {
  if (takesMessagesFrom === 'none') throw new XrpcProblem(400, 'MessagesDisabled', 'recipient has disabled incoming messages')
  if (takesMessagesFrom === 'following')
    throw new XrpcProblem(400, 'NotFollowedBySender', 'recipient requires incoming messages to come from someone they follow')
}

const messagesOf = (state: BlueskyState, convoId: string) => state.messages.filter(one => one.convoId === convoId)
const isIn = ({ from, to }: BlueskyMessage, { did }: BlueskyUser) => from === did || to === did
/** The same two, the same talk. */
export const convoIdOf = (one: string, other: string) =>
  didFor([one, other].sort().join(' ')).slice('did:plc:'.length, 'did:plc:'.length + 13)
