// An Instagram account behind a page on the simulated Graph API, with a webhook that reads as the product does, for tests of the connector.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Answerable, Cursor, Delivery, Incoming, IncomingMention, Line, OutgoingPost, Secrets } from '../../connectors/connector.ts'
import { instagram } from '../../connectors/instagram/connector.ts'
import { startGraphSimulator } from '../../simulators/graph/start.ts'
import { lineTo } from './facebook-local-graph.ts'

export const KEY = '0198c0de-0000-7000-8000-00000000000a'
export const DAY = 86_400_000

/** On its own clock, which `now` follows. */
export async function world() {
  const simulator = await startGraphSimulator()
  onTestFinished(() => simulator.stop())
  const { control, url } = simulator
  const app = control.createApp({ name: 'Heed', secret: 'app-secret' })
  const page = control.createPage({ name: 'Heron Air', username: 'heronair' })
  const us = control.createInstagram({ page: page.id, username: 'heronair' })
  const appSecrets: Secrets = { appId: app.id, appSecret: app.secret, verifyToken: 'verify-me' }
  const now = () => new Date(control.now().now)
  const { pageToken, userToken } = control.issueTokens({ app: app.id, page: page.id })
  const plain = lineTo(url)
  const account = { ...plain.account, platform: 'instagram', externalId: us.id, handle: us.username, connectedAt: now() }
  const line: Line = { ...plain, account, now, secrets: { ...appSecrets, pageToken } }
  return { control, url, app, page, us, appSecrets, line, now, userToken }
}

export async function pushedWorld() {
  const here = await world()
  const webhook = await webhookOf(here.appSecrets)
  await instagram.onConnected!(here.line, webhook.url)
  return { ...here, webhook }
}

export async function oneComment(text = 'Kargom nerede? 😡') {
  const here = await pushedWorld()
  const photo = here.control.photo({ from: 'heronair', caption: 'New winter schedule' })
  const written = here.control.instagramComment({ on: photo.id, from: 'Ada Testgil', text })
  await here.control.pushesDelivered()
  return { ...here, photo, mention: here.webhook.mentions().find(one => one.externalId === written.id)! }
}

export async function oneMessage() {
  const here = await pushedWorld()
  const written = here.control.direct({ account: 'heronair', from: 'Ada Testgil', text: 'Merhaba, kargom nerede?' })
  await here.control.pushesDelivered()
  return { ...here, mention: here.webhook.mentions().find(one => one.externalId === written.id)! }
}

/** What the pushes pointed at goes into the cursor, as intake puts it there. */
export async function pollAll(line: Line, cursor: Cursor = {}, pointers: readonly Incoming[] = []) {
  const pointed = Object.fromEntries(pointers.flatMap(one => (one.kind === 'pointer' ? [[one.key, String(one.at.getTime())]] : [])))
  const polling = instagram.intake.polling!.poll(line, { ...cursor, ...pointed })
  const incoming: Incoming[] = []
  const lists: string[] = []
  for (;;) {
    const step = await polling.next()
    if (step.done) return { incoming, mentions: mentionsIn(incoming), lists, cursor: step.value }
    const { list, body } = step.value
    const delivery: Delivery = { source: `poll:${list}`, headers: {}, body, receivedAt: line.now(), account: line.account }
    lists.push(list)
    incoming.push(...instagram.read(delivery))
  }
}

export function answerTo(mention: IncomingMention | null, more: Partial<OutgoingPost> = {}): OutgoingPost {
  return {
    key: KEY,
    text: 'On its way 🙏 ^BN',
    visibility: mention?.visibility ?? 'public',
    inReplyTo: mention && answerable(mention),
    isPrivateReply: false,
    ...more,
  }
}

export function answerable(mention: IncomingMention): Answerable {
  const nobody = { externalId: '', handle: '', name: '', followers: null }
  return { ...mention, replyToExternalId: mention.replyToExternalId ?? null, author: mention.author ?? nobody, facts: mention.facts ?? {} }
}

const mentionsIn = (incoming: readonly Incoming[]) => incoming.flatMap(one => (one.kind === 'mention' ? [one.mention] : []))

async function webhookOf(appSecrets: Secrets) {
  const incoming: Incoming[] = []
  const bodies: string[] = []
  let forged = 0
  const { handshake, verify } = instagram.intake.webhook!
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (request.method === 'GET') {
      const answer = handshake(new URL(request.url!, 'http://here').searchParams, appSecrets)
      return void response.writeHead(answer?.status ?? 403).end(answer?.body ?? '')
    }
    const raw = Buffer.concat(chunks)
    if (!verify(raw, request.headers as Record<string, string>, appSecrets)) {
      forged++
      return void response.writeHead(401).end()
    }
    bodies.push(raw.toString())
    incoming.push(...instagram.read({ source: 'webhook', headers: {}, body: raw.toString(), receivedAt: new Date(), account: null }))
    response.writeHead(200).end()
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/instagram`,
    incoming,
    bodies,
    mentions: () => mentionsIn(incoming),
    forged: () => forged,
  }
}
