// A chat server such as Bluesky's, which nobody can install: it stands behind the real PDS, and the official lexicons judge what it answers.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { schemas } from '@atproto/api'
import { Secp256k1Keypair } from '@atproto/crypto'
import { IdResolver } from '@atproto/identity'
import { AuthRequiredError, createServer as createXrpc, InvalidRequestError, verifyJwt } from '@atproto/xrpc-server'
import { Client } from '@did-plc/lib'
import { inject } from 'vitest'

export interface Chat {
  did: string
  messages: Message[]
  /** Methods asked for, each with whose word the PDS gave. */
  asked: { method: string; by: string }[]
  close: () => Promise<void>
}
interface Message {
  id: string
  convoId: string
  from: string
  text: string
  sentAt: string
}

/** One request, as the library hands it over. */
interface Asked {
  req: { headers: { authorization?: string } }
  auth: { credentials: { did: string } }
  params: Record<string, unknown>
  input?: { body: Record<string, unknown> }
}

/** `handles`: of everybody who may talk here, by DID. */
export async function startChat(handles: Map<string, string>): Promise<Chat> {
  const messages: Message[] = []
  const asked: Chat['asked'] = []
  const server = createServer((request, response) => xrpc.router(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const did = await register(`http://localhost:${(server.address() as AddressInfo).port}`)
  // Its own fetch would refuse loopback.
  const resolver = new IdResolver({ plcUrl: inject('network').plcUrl, fetch } as never)
  const xrpc = createXrpc(schemas as never, { validateResponse: true })
  let nth = 0

  const method = (name: string, answer: (by: string, params: Record<string, unknown>, input: Record<string, unknown>) => object) =>
    xrpc.method(`chat.bsky.convo.${name}`, {
      auth: async ({ req }: Asked) => ({ credentials: { did: await callerOf(req.headers.authorization, name) } }),
      handler: ({ auth, params, input }: Asked) => {
        const by = auth.credentials.did
        asked.push({ method: name, by })
        return { encoding: 'application/json', body: answer(by, params, input?.body ?? {}) }
      },
    } as never)

  /** The PDS signs for the account: for this server and this method, for a minute. */
  async function callerOf(header: string | undefined, name: string): Promise<string> {
    const token = header?.replace('Bearer ', '')
    if (!token) throw new AuthRequiredError('no service token')
    const { iss } = await verifyJwt(token, did, `chat.bsky.convo.${name}`, (iss, force) =>
      resolver.did.resolveAtprotoKey(iss.split('#')[0]!, force),
    )
    return iss
  }

  method('getConvoForMembers', (by, { members }) => ({ convo: view(convoIdOf(by, (members as string[]).find(one => one !== by)!), by) }))
  method('listConvos', (by, { status }) => {
    const ids = [...new Set(messages.map(one => one.convoId).filter(id => id.includes(tail(by))))]
    const convos = ids.map(id => view(id, by)).filter(convo => !status || convo.status === status)
    return { convos: convos.sort((a, b) => (a.rev < b.rev ? 1 : -1)) }
  })
  method('getMessages', (by, { convoId }) => ({ messages: of(String(convoId), by).map(messageView).reverse() }))
  method('sendMessage', (by, _, { convoId, message }) => {
    const said = {
      id: revOf(++nth),
      convoId: String(convoId),
      from: by,
      text: (message as { text: string }).text,
      sentAt: new Date().toISOString(),
    }
    of(said.convoId, by)
    messages.push(said)
    return messageView(said)
  })

  function of(convoId: string, by: string): Message[] {
    if (!convoId.includes(tail(by))) throw new InvalidRequestError('not a member', 'InvalidConvo')
    return messages.filter(one => one.convoId === convoId)
  }

  function view(id: string, by: string) {
    const said = of(id, by)
    const last = said.at(-1)
    return {
      id,
      rev: last?.id ?? revOf(0),
      members: [...handles].filter(([did]) => id.includes(tail(did))).map(([did, handle]) => ({ did, handle })),
      muted: false,
      unreadCount: 0,
      status: said.some(one => one.from === by) ? 'accepted' : 'request',
      ...(last && { lastMessage: messageView(last) }),
    }
  }

  return {
    did,
    messages,
    asked,
    close: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** As the real one stands in the directory, under a DID of its own. */
async function register(endpoint: string): Promise<string> {
  const plc = new Client(inject('network').plcUrl)
  const key = await Secp256k1Keypair.create()
  const did = await plc.createDid({ signingKey: key.did(), rotationKeys: [key.did()], handle: 'chat.test', pds: endpoint, signer: key })
  await plc.updateData(did, key, data => {
    data.services.bsky_chat = { type: 'BskyChatService', endpoint }
    return data
  })
  return did
}

const messageView = ({ id, from, text, sentAt }: Message) => ({
  $type: 'chat.bsky.convo.defs#messageView',
  id,
  rev: id,
  text,
  sender: { did: from },
  sentAt,
})
const tail = (did: string) => did.slice(-12)
const convoIdOf = (one: string, other: string) => [one, other].map(tail).sort().join('-')
/** Ids as Bluesky makes them: they sort by time. */
const revOf = (nth: number) =>
  `3kheed${String(nth)
    .padStart(7, '0')
    .replace(/\d/g, digit => 'abcdefghij'[Number(digit)]!)}`
