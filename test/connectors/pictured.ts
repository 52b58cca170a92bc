// An account of ours on each simulated platform, with something to answer there, for tests of pictures.
import { onTestFinished } from 'vitest'
import { bluesky } from '../../connectors/bluesky/connector.ts'
import type { Answerable, Connector, Line, OutgoingPicture, OutgoingPost, Sent } from '../../connectors/connector.ts'
import { facebook } from '../../connectors/facebook/connector.ts'
import { instagram } from '../../connectors/instagram/connector.ts'
import { mastodon } from '../../connectors/mastodon/connector.ts'
import { x } from '../../connectors/x/connector.ts'
import { startBlueskySimulator } from '../../simulators/bluesky/start.ts'
import type { Fault } from '../../simulators/faults.ts'
import { startGraphSimulator } from '../../simulators/graph/start.ts'
import { startMastodonSimulator } from '../../simulators/mastodon/start.ts'
import type { ShownUpload, Upload } from '../../simulators/uploads.ts'
import { startXSimulator } from '../../simulators/x/start.ts'
import { png } from '../pictures.ts'

export interface Pictured {
  picture: (given: Omit<OutgoingPicture, 'bytes' | 'type'>) => OutgoingPicture
  send: (post: Partial<OutgoingPost>) => Promise<Sent>
  find: (post: Partial<OutgoingPost>, since: Date) => Promise<Sent | null>
  fault: (fault: Fault) => void
  /** What stands there with this answer. */
  shown: (externalId: string) => { type: string; alt: string; size: number }[]
  /** How many answers of ours there are. */
  answers: () => number
  now: () => Date
  /** The body of a refused upload. */
  refusal: string
}

interface Platform {
  name: string
  world: () => Promise<Pictured>
  takes: { most: number; bytes: number; alt: number; apart?: boolean }
  path: { upload: string; post: string }
  slow?: (here: Pictured, looks: number) => void
  refuses?: () => Promise<{ send: () => Promise<Sent>; answers: () => number }>
}

const WORDS = 'This is where the tag belongs ^BN'
const setSlow = new WeakMap<Pictured, (looks: number) => void>()

export const all: Platform[] = [
  {
    name: 'X, in public',
    world: () => onX('public'),
    takes: { most: 4, bytes: 5_000_000, alt: 1_000 },
    path: { upload: '/2/media/upload/:id/append', post: '/2/tweets' },
  },
  {
    name: 'X, in private',
    world: () => onX('private'),
    takes: { most: 1, bytes: 5_000_000, alt: 0 },
    path: { upload: '/2/media/upload/:id/append', post: '/2/dm_conversations/with/:id/messages' },
  },
  {
    name: 'Mastodon, in public',
    world: () => onMastodon('public'),
    takes: { most: 4, bytes: 8_000_000, alt: 1_500 },
    path: { upload: '/api/v2/media', post: '/api/v1/statuses' },
    slow: (here, looks) => setSlow.get(here)!(looks),
  },
  {
    name: 'Mastodon, in private',
    world: () => onMastodon('private'),
    takes: { most: 4, bytes: 8_000_000, alt: 1_500 },
    path: { upload: '/api/v2/media', post: '/api/v1/statuses' },
  },
  {
    name: 'Bluesky, in public',
    world: () => onBluesky(),
    takes: { most: 4, bytes: 2_000_000, alt: 2_000 },
    path: { upload: '/xrpc/com.atproto.repo.uploadBlob', post: '/xrpc/com.atproto.repo.createRecord' },
    refuses: async () => {
      const here = await onBluesky('private')
      return { send: () => here.send({ pictures: [here.picture({ alt: 'A tag', width: 8, height: 6 })] }), answers: here.answers }
    },
  },
  {
    name: 'Facebook, below a comment',
    world: () => onFacebook('public'),
    takes: { most: 1, bytes: 4_000_000, alt: 1_000 },
    path: { upload: '/:id/photos', post: '/:id/comments' },
  },
  {
    name: 'Messenger',
    world: () => onFacebook('private'),
    takes: { most: 1, bytes: 8_000_000, alt: 0, apart: true },
    path: { upload: '/:id/message_attachments', post: '/:id/messages' },
  },
  {
    name: 'Instagram Direct',
    world: () => onInstagram('private'),
    takes: { most: 1, bytes: 8_000_000, alt: 0, apart: true },
    path: { upload: '/:id/message_attachments', post: '/:id/messages' },
    refuses: async () => {
      const here = await onInstagram('public')
      const pictures = [here.picture({ alt: 'A tag', width: 8, height: 6 })]
      return { send: () => here.send({ text: WORDS, pictures }), answers: here.answers }
    },
  },
]

async function onX(visibility: 'public' | 'private'): Promise<Pictured> {
  const { control, url, stop } = await startXSimulator()
  onTestFinished(stop)
  const app = control.createApp({ name: 'Heed at Heron Air' })
  const brand = control.createBrand({ handle: 'HeronAir', name: 'Heron Air' })
  const cleo = control.createCustomer({ handle: 'cleo_flies' })
  const tokens = control.issueTokens({ app: app.id, account: brand.id })
  const post = control.post({ from: 'cleo_flies', text: '@HeronAir where does this tag go?' })
  control.directMessage({ from: 'cleo_flies', to: 'HeronAir', text: 'where does this tag go?' })
  const ours = () =>
    visibility === 'public' ? control.posts({ author: 'HeronAir' }) : control.messages().filter(one => one.from === 'HeronAir')
  return pictured(x, {
    line: lineTo(url, { externalId: brand.id, handle: 'HeronAir' }, { accessToken: tokens.accessToken }, () => control.now().now),
    to: answerable({ externalId: post.id, visibility, authorId: cleo.id, handle: cleo.username }),
    control,
    upload: id => control.upload({ id }),
    shown: id => ours().find(one => one.id === id)?.uploads,
    answers: () => ours().length,
    refusal: JSON.stringify({ title: 'Invalid Request', type: 'https://api.x.com/2/problems/invalid-request', status: 400 }),
  })
}

async function onMastodon(visibility: 'public' | 'private'): Promise<Pictured> {
  const host = 'social.heron.example'
  const { control, url, stop } = await startMastodonSimulator({ host })
  onTestFinished(stop)
  const app = control.createApp({ name: 'Heed', redirectUris: [] })
  const brand = control.createBrand({ handle: 'heronair', name: 'Heron Air' })
  const { accessToken } = control.issueTokens({ app: app.id, account: 'heronair' })
  const status = control.post({
    from: 'cleo',
    text: '@heronair where does this tag go?',
    visibility: visibility === 'private' ? 'direct' : 'public',
  })
  const ours = () => control.posts({ author: 'heronair' })
  const here = pictured(mastodon, {
    line: lineTo(
      url,
      { externalId: `${brand.id}@${host}`, handle: `heronair@${host}` },
      { instance: host, accessToken },
      () => control.now().now,
    ),
    to: answerable({ externalId: status.id, visibility, authorId: '1', handle: `cleo@${host}` }),
    control,
    upload: id => control.upload({ id }),
    shown: id => ours().find(one => one.id === id)?.uploads,
    answers: () => ours().length,
    refusal: JSON.stringify({ error: 'Validation failed: File content type is invalid' }),
  })
  setSlow.set(here, looks => control.setSlowMedia({ looks }))
  return here
}

async function onBluesky(visibility: 'public' | 'private' = 'public'): Promise<Pictured> {
  const { control, url, stop } = await startBlueskySimulator()
  onTestFinished(stop)
  const brand = control.createBrand({ handle: 'heron-air.test', name: 'Heron Air' })
  const { password } = control.createAppPassword({ account: brand.did })
  const cleo = control.createCustomer({ handle: 'cleo.test' })
  const post = control.post({ from: 'cleo.test', text: '@heron-air.test where does this tag go?' })
  const ours = () => control.posts({ author: 'heron-air.test' })
  const line = lineTo(
    url,
    { externalId: brand.did, handle: brand.handle },
    { identifier: brand.handle, appPassword: password },
    () => control.now().now,
  )
  return pictured(bluesky, {
    line: { ...line, account: { ...line.account, capabilities: { dms: true } } },
    to: { ...answerable({ externalId: post.uri, visibility, authorId: cleo.did, handle: cleo.handle }), threadKey: post.uri },
    control,
    upload: id => control.upload({ id }),
    shown: uri => ours().find(one => one.uri === uri)?.images,
    answers: () => ours().length,
    refusal: JSON.stringify({ error: 'InvalidRequest', message: 'No' }),
  })
}

async function onFacebook(visibility: 'public' | 'private'): Promise<Pictured> {
  const { control, url, stop } = await startGraphSimulator()
  onTestFinished(stop)
  const app = control.createApp({ name: 'Heed', secret: 'app-secret' })
  const page = control.createPage({ name: 'Heron Air', username: 'heronair' })
  const { pageToken } = control.issueTokens({ app: app.id, page: page.id })
  const post = control.post({ page: page.id, from: 'Heron Air', message: 'New winter schedule' })
  const comment = control.comment({ on: post.id, from: 'Ada Testgil', message: 'Where does this tag go?' })
  const { psid } = control.message({ page: page.id, from: 'Ada Testgil', text: 'Where does this tag go?' })
  const ours = () => (visibility === 'public' ? control.replies({ to: comment.id }) : control.messages().filter(one => one.fromPage))
  return pictured(facebook, {
    line: lineTo(
      url,
      { externalId: page.id, handle: 'heronair' },
      { appId: app.id, appSecret: 'app-secret', pageToken },
      () => control.now().now,
    ),
    to: {
      ...answerable({ externalId: comment.id, visibility, authorId: psid, handle: '' }),
      threadKey: visibility === 'private' ? `dm:${psid}` : comment.id,
    },
    control,
    apart: visibility === 'private',
    upload: id => control.upload({ id }),
    shown: id => ours().find(one => one.id === id)?.uploads,
    answers: () => ours().length,
    refusal: JSON.stringify({ error: { code: 324, message: '(#324) Missing or invalid image file' } }),
  })
}

async function onInstagram(visibility: 'public' | 'private'): Promise<Pictured> {
  const { control, url, stop } = await startGraphSimulator()
  onTestFinished(stop)
  const app = control.createApp({ name: 'Heed', secret: 'app-secret' })
  const page = control.createPage({ name: 'Heron Air', username: 'heronair' })
  const us = control.createInstagram({ page: page.id, username: 'heronair' })
  const { pageToken } = control.issueTokens({ app: app.id, page: page.id })
  const photo = control.photo({ from: 'heronair', caption: 'New winter schedule' })
  const comment = control.instagramComment({ on: photo.id, from: 'Ada Testgil', text: 'Where does this tag go?' })
  control.direct({ account: 'heronair', from: 'Ada Testgil', text: 'Where does this tag go?' })
  const igsid = await igsidOf(url, pageToken)
  const ours = () =>
    visibility === 'private'
      ? control.directs().filter(one => one.fromAccount)
      : control.instagramComments({ on: photo.id }).filter(one => one.id !== comment.id)
  return pictured(instagram, {
    line: lineTo(
      url,
      { externalId: us.id, handle: 'heronair' },
      { appId: app.id, appSecret: 'app-secret', pageToken },
      () => control.now().now,
    ),
    to: { ...answerable({ externalId: comment.id, visibility, authorId: igsid, handle: '' }), threadKey: `dm:${igsid}` },
    control,
    apart: true,
    upload: id => control.upload({ id }),
    shown: id => (ours() as { id: string; uploads?: readonly ShownUpload[] }[]).find(one => one.id === id)?.uploads,
    answers: () => ours().length,
    refusal: JSON.stringify({ error: { code: 100, error_subcode: 2534037, message: '(#100) Unsupported attachment format' } }),
  })
}

interface Scene {
  line: Line
  to: Answerable
  control: { setFault: (fault: Fault) => void; now: () => { now: number | string } }
  apart?: boolean
  upload: (id: string) => Upload | undefined
  shown: (externalId: string) => readonly ShownUpload[] | undefined
  answers: () => number
  refusal: string
}

function pictured(connector: Connector, { line, to, control, apart, upload, shown, answers, refusal }: Scene): Pictured {
  const bytes = png()
  const whole = (post: Partial<OutgoingPost>): OutgoingPost => ({
    key: '0198c0de-0000-7000-8000-00000000000a',
    text: apart ? '' : WORDS,
    visibility: to.visibility,
    inReplyTo: to,
    isPrivateReply: false,
    ...post,
  })
  return {
    picture: given => ({ bytes, type: 'image/png', ...given }),
    send: post => connector.send(whole(post), line),
    find: (post, since) => connector.findSent!(whole(post), since, line),
    fault: control.setFault,
    shown: externalId => (shown(externalId) ?? []).map(({ id, alt }) => ({ type: upload(id)!.type, alt, size: upload(id)!.bytes.length })),
    answers,
    now: line.now,
    refusal,
  }
}

function lineTo(apiBase: string, us: { externalId: string; handle: string }, given: Line['secrets'], now: () => number | string): Line {
  let secrets = given
  return {
    account: {
      id: '0198c0de-0000-7000-8000-000000000001',
      appId: '0198c0de-0000-7000-8000-000000000002',
      platform: 'any',
      name: 'Heron Air',
      status: 'connected',
      statusReason: null,
      capabilities: {},
      isDemo: false,
      connectedAt: new Date(),
      ...us,
    },
    get secrets() {
      return secrets
    },
    apiBase,
    now: () => new Date(now()),
    renewSecrets: async (isStale, refresh) => {
      if (isStale(secrets)) secrets = { ...secrets, ...(await refresh(secrets)) }
      return secrets
    },
  }
}

function answerable(given: { externalId: string; visibility: 'public' | 'private'; authorId: string; handle: string }): Answerable {
  const { externalId, visibility, authorId, handle } = given
  return {
    externalId,
    replyToExternalId: null,
    visibility,
    threadKey: externalId,
    author: { externalId: authorId, handle, name: 'Cleo', followers: null },
    addressesUs: true,
    postedAt: new Date(),
    facts: {},
  }
}

/** By what number our account knows the one person who wrote to it. */
async function igsidOf(url: string, token: string): Promise<string> {
  const query = new URLSearchParams({ access_token: token, fields: 'participants', platform: 'instagram' })
  const answer = await fetch(`${url}/v25.0/me/conversations?${query}`)
  const { data } = (await answer.json()) as { data: { participants: { data: { id: string; username: string }[] } }[] }
  return data[0]!.participants.data.find(one => one.username !== 'heronair')!.id
}
