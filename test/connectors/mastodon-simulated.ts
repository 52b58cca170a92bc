// A Mastodon account on the simulated instance, with every request and answer between the two written down.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Answerable, Cursor, Delivery, Incoming, IncomingMention, Line, OutgoingPost } from '../../connectors/connector.ts'
import { mastodon } from '../../connectors/mastodon/connector.ts'
import { startMastodonSimulator } from '../../simulators/mastodon/start.ts'

export interface Exchange {
  method: string
  path: string
  query: Record<string, string>
  headers: Record<string, string>
  body: unknown
  status: number
  answer: unknown
}

export const HOST = 'social.heron.example'

export async function simulatedMastodon(options: { pingEveryMs?: number } = {}) {
  const simulator = await startMastodonSimulator({ host: HOST, ...options })
  onTestFinished(simulator.stop)
  const { control } = simulator
  const app = control.createApp({ name: 'Heed at Heron Air', redirectUris: ['http://127.0.0.1:9/callback'] })
  const brand = control.createBrand({ handle: 'heronair', name: 'Heron Air' })
  const { accessToken } = control.issueTokens({ app: app.id, account: 'heronair' })
  const line: Line = {
    account: {
      id: '0198c0de-0000-7000-8000-000000000001',
      appId: '0198c0de-0000-7000-8000-000000000002',
      platform: 'mastodon',
      externalId: `${brand.id}@${HOST}`,
      handle: `heronair@${HOST}`,
      name: 'Heron Air',
      status: 'connected',
      statusReason: null,
      capabilities: { instance: HOST, maxCharacters: '500' },
      isDemo: false,
      connectedAt: new Date(),
    },
    secrets: { instance: `https://${HOST}/`, accessToken },
    apiBase: simulator.url,
    now: () => new Date(control.now().now),
    renewSecrets: async () => line.secrets,
  }
  return { simulator, control, app, brand, line }
}

/** One poll, and what is read from its pages, in the order they came. */
export async function polled(line: Line, cursor: Cursor) {
  const incoming: Incoming[] = []
  const lists: string[] = []
  const walk = mastodon.intake.polling!.poll(line, cursor)
  for (;;) {
    const step = await walk.next()
    if (step.done) return { incoming, lists, cursor: step.value, mentions: mentionsOf(incoming) }
    lists.push(step.value.list)
    const delivery: Delivery = {
      source: `poll:${step.value.list}`,
      headers: {},
      body: step.value.body,
      receivedAt: line.now(),
      account: line.account,
    }
    incoming.push(...mastodon.read(delivery))
  }
}

export const mentionsOf = (incoming: Incoming[]): IncomingMention[] =>
  incoming.flatMap(one => (one.kind === 'mention' ? [one.mention] : []))

export function answerTo(mention: IncomingMention, text: string, more: Partial<OutgoingPost> = {}): OutgoingPost {
  const inReplyTo: Answerable = {
    externalId: mention.externalId,
    replyToExternalId: mention.replyToExternalId ?? null,
    visibility: mention.visibility,
    threadKey: mention.threadKey,
    author: mention.author!,
    addressesUs: mention.addressesUs,
    postedAt: mention.postedAt,
    facts: mention.facts ?? {},
  }
  return {
    key: '0198c0de-0000-7000-8000-00000000000a',
    text,
    visibility: mention.visibility,
    isPrivateReply: false,
    inReplyTo,
    ...more,
  }
}

/** Stands between the two and writes down what passes. */
export async function wireTo(url: string) {
  const exchanges: Exchange[] = []
  const server = createServer(async (incoming, response) => {
    const body = Buffer.concat(await Array.fromAsync(incoming as AsyncIterable<Buffer>)).toString()
    const at = new URL(incoming.url!, url)
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).filter(([name]) => !/^(host|connection|content-length|transfer-encoding)$/.test(name)),
    )
    const answered = await fetch(at, { method: incoming.method, headers: headers as Record<string, string>, ...(body && { body }) })
    const text = await answered.text()
    const query: Record<string, string> = {}
    for (const [name, value] of at.searchParams) {
      const bare = name.replace(/\[\]$/, '')
      query[bare] = bare in query ? `${query[bare]},${value}` : value
    }
    exchanges.push({
      method: incoming.method!,
      path: at.pathname,
      query,
      headers: headers as Record<string, string>,
      body: body ? JSON.parse(body) : undefined,
      status: answered.status,
      answer: JSON.parse(text),
    })
    const kept = [...answered.headers].filter(
      ([name]) => !/^(content-length|content-encoding|connection|transfer-encoding|keep-alive)$/.test(name),
    )
    response.writeHead(answered.status, Object.fromEntries(kept)).end(text)
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  onTestFinished(
    () =>
      new Promise<void>(closed => {
        server.closeAllConnections()
        server.close(() => closed())
      }),
  )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, exchanges }
}
