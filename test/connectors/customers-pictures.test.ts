// A customer sends a picture on each simulated platform: it is found with its description, whatever way it came, and fetched from where it is kept.
import { expect, it, onTestFinished } from 'vitest'
import { bluesky } from '../../connectors/bluesky/connector.ts'
import type { Connector, IncomingMention, Line } from '../../connectors/connector.ts'
import { facebook } from '../../connectors/facebook/connector.ts'
import { fetchPicture, overLoopback } from '../../connectors/fetch-picture.ts'
import { instagram } from '../../connectors/instagram/connector.ts'
import { mastodon } from '../../connectors/mastodon/connector.ts'
import { x } from '../../connectors/x/connector.ts'
import { startGraphSimulator } from '../../simulators/graph/start.ts'
import { simulatedBluesky } from './bluesky-simulated.ts'
import { lineTo } from './facebook-local-graph.ts'
import { pushedWorld } from './instagram-simulated.ts'
import { simulatedMastodon } from './mastodon-simulated.ts'
import { openDoor, simulatedX } from './x-simulated.ts'

const torn = [{ alt: 'A torn luggage tag', width: 320, height: 200 }]

it('X: in the mentions, without the link that stands for it', async () => {
  const { control, lineOf } = await simulatedX()
  control.post({ from: 'cleo_flies', text: '@HeronAir look at this', pictures: [...torn, { width: 64, height: 64 }] })
  const { line } = lineOf()
  const [mention] = await polled(x, line)
  expect(mention!.text).toBe('@HeronAir look at this')
  expect(mention!.attachments).toMatchObject([
    { kind: 'picture', alt: 'A torn luggage tag', width: 320, height: 200 },
    { kind: 'picture', alt: null, width: 64, height: 64 },
  ])
  expect(await fetched(x, line, mention!)).toMatchObject({ ok: true, type: 'image/png' })
})

it('X: in a private message, polled or pushed, only with our own sign-in', async () => {
  const { control, app, lineOf } = await simulatedX()
  const { line } = lineOf()
  const door = await openDoor(app.consumerSecret)
  await control.setWebhook({ app: app.id, url: door.url, accounts: ['HeronAir'] })
  control.directMessage({ from: 'cleo_flies', to: 'HeronAir', text: 'my ticket', pictures: torn })
  await control.pushesDelivered()
  const pushed = door.deliveries.flatMap(delivery => mentionsOf(x, delivery)).find(one => one.visibility === 'private')
  const found = (await polled(x, line)).find(one => one.visibility === 'private')!
  expect(found).toMatchObject({ text: 'my ticket', attachments: [{ alt: 'A torn luggage tag', width: 320, height: 200 }] })
  expect(pushed).toMatchObject({ text: 'my ticket', attachments: found.attachments })
  expect(await fetched(x, line, found)).toMatchObject({ ok: true, type: 'image/png' })
  const stranger = await fetchPicture({ ...wanted(x, found), authorizationFor: async () => null }, overLoopback(line.apiBase!))
  expect(stranger).toMatchObject({ ok: false, because: expect.stringContaining('not to us') })
})

it('X: our token goes to the host of private messages and to no other', async () => {
  const { lineOf } = await simulatedX()
  const { hosts, signedIn } = x.pictureHosts!
  expect(signedIn!.hosts).toEqual(['ton.twitter.com'])
  expect(hosts).toContain('pbs.twimg.com')
  expect(await signedIn!.authorization(lineOf().line)).toMatch(/^Bearer \S+$/)
})

it('Facebook: below a comment, with a post of two, and in Messenger without words', async () => {
  const { control, line } = await onFacebook()
  const post = control.post({ page: line.account.externalId, from: 'Ada Testgil', message: 'Two of them', pictures: [...torn, ...torn] })
  control.comment({ on: post.id, from: 'Ada Testgil', message: 'One more', pictures: torn })
  control.message({ page: line.account.externalId, from: 'Ada Testgil', text: '', pictures: torn })
  const mentions = await polled(facebook, line)
  const by = (text: string) => mentions.find(one => one.text === text)!
  expect(by('Two of them').attachments).toHaveLength(2)
  expect(by('One more').attachments).toMatchObject([{ kind: 'picture', width: 320, height: 200 }])
  expect(by('[attachment]')).toMatchObject({ visibility: 'private', attachments: [{ kind: 'picture' }] })
  for (const mention of [by('Two of them'), by('One more'), by('[attachment]')])
    expect(await fetched(facebook, line, mention)).toMatchObject({ ok: true, type: 'image/png' })
})

it('Instagram: pushed in a direct message, polled there, and the picture of a post that tags us', async () => {
  const { control, line, webhook } = await pushedWorld()
  control.direct({ account: 'heronair', from: 'Ada Testgil', text: '', pictures: torn })
  control.photo({ from: 'Ada Testgil', caption: 'At gate 4', tags: ['heronair'] })
  await control.pushesDelivered()
  const mentions = await polled(instagram, line)
  const direct = mentions.find(one => one.visibility === 'private')!
  expect(webhook.mentions().find(one => one.externalId === direct.externalId)).toMatchObject({
    text: direct.text,
    attachments: [{ kind: 'picture', url: direct.attachments![0]!.url }],
  })
  const tagged = mentions.find(one => one.text === 'At gate 4')!
  for (const mention of [direct, tagged]) expect(await fetched(instagram, line, mention)).toMatchObject({ ok: true, type: 'image/png' })
})

it('Bluesky: in a notification and beside a quote, by what the record says', async () => {
  const { control, brand, lineOf, complaints } = await simulatedBluesky()
  const ours = control.post({ from: brand.handle, text: 'All flights on time' })
  control.post({ from: 'cleo.test', text: '', inReplyTo: ours.uri, pictures: torn })
  control.post({ from: 'cleo.test', text: 'really?', quotes: ours.uri, pictures: torn })
  const { line } = lineOf()
  const mentions = (await polled(bluesky, line)).filter(one => one.direction === 'inbound')
  expect(complaints).toEqual([])
  expect(mentions.map(one => one.text).sort()).toEqual(['[picture: A torn luggage tag]', 'really?'])
  for (const mention of mentions) {
    expect(mention.attachments).toMatchObject([{ kind: 'picture', alt: 'A torn luggage tag', width: 320, height: 200 }])
    expect(await fetched(bluesky, line, mention)).toMatchObject({ ok: true, type: 'image/png' })
  }
})

it('Mastodon: in public and in a direct post', async () => {
  const { control, line } = await simulatedMastodon()
  control.post({ from: 'cleo', text: '@heronair see', pictures: torn })
  control.directMessage({ from: 'cleo', to: 'heronair', text: 'and this', pictures: torn })
  const mentions = await polled(mastodon, line)
  expect(mentions.map(one => one.visibility).sort()).toEqual(['private', 'public'])
  for (const mention of mentions) {
    expect(mention.attachments).toMatchObject([{ kind: 'picture', alt: 'A torn luggage tag', width: 320, height: 200 }])
    expect(await fetched(mastodon, line, mention)).toMatchObject({ ok: true, type: 'image/png' })
  }
})

async function onFacebook() {
  const simulator = await startGraphSimulator()
  onTestFinished(() => simulator.stop())
  const { control, url } = simulator
  const app = control.createApp({ name: 'Heed', secret: 'app-secret' })
  const page = control.createPage({ name: 'Heron Air', username: 'heronair' })
  const { pageToken } = control.issueTokens({ app: app.id, page: page.id })
  const plain = lineTo(url)
  const now = () => new Date(control.now().now)
  const account = { ...plain.account, externalId: page.id, connectedAt: now() }
  return { control, line: { ...plain, account, now, secrets: { appId: app.id, appSecret: app.secret, pageToken } } satisfies Line }
}

/** One whole poll, read as the intake would read it. */
async function polled(connector: Connector, line: Line): Promise<IncomingMention[]> {
  const mentions: IncomingMention[] = []
  const walk = connector.intake.polling!.poll(line, {})
  for (let step = await walk.next(); !step.done; step = await walk.next())
    mentions.push(
      ...mentionsOf(connector, {
        source: `poll:${step.value.list}`,
        headers: {},
        body: step.value.body,
        receivedAt: line.now(),
        account: line.account,
      }),
    )
  return mentions
}

const mentionsOf = (connector: Connector, delivery: Parameters<Connector['read']>[0]) =>
  connector.read(delivery).flatMap(one => (one.kind === 'mention' ? [one.mention] : []))

function wanted({ pictureHosts }: Connector, mention: IncomingMention) {
  return { url: mention.attachments![0]!.url!, hosts: pictureHosts!.hosts }
}

/** As the pages do it. */
function fetched(connector: Connector, line: Line, mention: IncomingMention) {
  const { signedIn } = connector.pictureHosts!
  const authorizationFor = async (host: string) => (signedIn?.hosts.includes(host) ? signedIn.authorization(line) : null)
  return fetchPicture({ ...wanted(connector, mention), authorizationFor }, overLoopback(line.apiBase!))
}
