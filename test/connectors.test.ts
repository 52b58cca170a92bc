// The contract, for each platform in connectors/all.ts, over its own samples/.
//
// A new platform needs no test of its own here: it brings `connectors/<name>/samples/*.json`. Names and ids in them are invented.
//
//   app.json                who we are in these samples
//     now                   ISO; what line.now() answers, so retryAfterMs can be given exactly
//     appSecrets            the app's secrets, as the accounts page would store them
//     accountSecrets        the account's
//     account               { externalId, handle, name, capabilities }
//     signature             { header, secret, encoding }: how a webhook is signed with HMAC-SHA256; `secret` names a field of
//                           appSecrets, encoding is "hex" or "base64", the header's value is "sha256=" + signature.
//                           Left out by a platform without webhooks.
//   handshake-*.json        { what, query: {…}, expected: { status, body, type } | null }
//   delivery-*.json         one delivery of each kind
//     what                  one sentence: becomes the test's name
//     source                "webhook" or "poll:<list>"; `account` { externalId, handle } goes with a poll
//     receivedAt            ISO
//     body | rawBody        the JSON itself, or the exact text where spelling matters (escapes, digits)
//     expected              the Incoming[] that read() must give: dates in ISO, keys with undefined left out
//   send-*.json             one call of send() each
//     what, post            OutgoingPost: { key, text, visibility, inReplyTo: Answerable | null, isPrivateReply, … }; dates in ISO
//     accountSecrets?       instead of app.json's
//     exchange              what goes over the wire, in order. Each: { request, answer }
//       request             { method, path, query?, headers?, body? | bodyIncludes? }; `body` must be equal, `query`, `headers` and
//                           `bodyIncludes` must be included. A form body is compared as an object of strings.
//       answer              { status, headers?, body? (object → JSON, text → as it is) } or { fault: "drop" | "hang" | "cut" }:
//                           hang up after reading the request · never answer · break off in the middle of the body
//     expected              { sent: Sent } or { error: { kind, trouble?, retryAfterMs?, says? } }: `says` is a part of the message
//
// Every platform's sends must show: a success, a rate limit (retry with a delay), a dead sign-in (account), a refusal, and
// a dropped and a silent connection (both unsure).
import { createHmac } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, type TestContext } from 'vitest'
import { connectors } from '../connectors/all.ts'
import {
  type Answerable,
  type Connector,
  type Delivery,
  type Line,
  type OutgoingPost,
  PlatformError,
  type Secrets,
} from '../connectors/connector.ts'
import type { Account } from '../domain.ts'

for (const connector of connectors) {
  describe(`the contract on ${connector.label}`, () => {
    it('is shown by samples', () => expect(existsSync(samplesOf(connector.platform))).toBe(true))
    if (!existsSync(samplesOf(connector.platform))) return
    const samples = readSamples(connector.platform)
    it('names each list of its poll once, and dates what it says of reach and prices', () => {
      const account = { ...samples.app.account, platform: connector.platform } as unknown as Account
      const lists = connector.intake.polling?.lists?.(account) ?? []
      expect(new Set(lists.map(list => list.name)).size).toBe(lists.length)
      const facts = [
        ...lists.map(list => list.reach),
        connector.intake.webhook?.reach,
        connector.intake.search?.reach,
        connector.prices?.(account),
      ].filter(fact => fact !== undefined && fact !== null)
      for (const { source, checkedOn } of facts) {
        expect(source).toMatch(/^https:/)
        expect(checkedOn).toMatch(/^20\d\d-\d\d-\d\d$/)
      }
    })

    it.each(['public', 'private', 'status'] as const)('says which pictures go out with a %s text, or why none, and since when', way => {
      const rule = connector.limits.pictures[way]
      expect(rule.source).toMatch(/^https:/)
      expect(rule.checkedOn).toMatch(/^20\d\d-\d\d-\d\d$/)
      if ('because' in rule) return expect(rule.because).toMatch(/\.$/)
      expect(rule.most).toBeGreaterThan(0)
      expect(rule.types).toContain('image/jpeg')
      // What a draft takes from a form, and what a send may take to upload.
      expect(rule.maxBytes).toBeLessThanOrEqual(8_000_000)
    })

    describe('what comes in', () => {
      const webhooks = samples.deliveries.filter(sample => sample.source === 'webhook')
      it('has a sample for each way in', () => {
        expect(webhooks.length > 0).toBe(connector.intake.webhook !== undefined)
        expect(samples.deliveries.length > webhooks.length).toBe(connector.intake.polling !== undefined)
      })

      it.each(webhooks)('accepts as signed: $what', sample => {
        expect(isAccepted(connector, samples.app, Buffer.from(textOf(sample)))).toBe(true)
      })
      it.each(webhooks)('refuses with one byte changed: $what', sample => {
        const signed = Buffer.from(textOf(sample))
        for (const at of [0, Math.floor(signed.length / 2), signed.length - 1]) {
          const changed = Buffer.from(signed)
          changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
          expect(isAccepted(connector, samples.app, changed, signed)).toBe(false)
        }
      })
      it.skipIf(!connector.intake.webhook)('refuses a missing, empty, cut, or foreign signature, and an app without its secret', () => {
        const body = Buffer.from(textOf(webhooks[0]!))
        const { name, value } = signatureOf(samples.app, body)
        const { verify } = connector.intake.webhook!
        for (const headers of [
          {},
          { [name]: '' },
          { [name]: 'sha256=' },
          { [name]: value.slice(0, -1) },
          { [name]: `${value}A` },
          { [name]: value.replace('sha256=', 'sha1=') },
        ])
          expect(verify(body, headers as Record<string, string>, samples.app.appSecrets)).toBe(false)
        expect(verify(body, { [name]: value }, {})).toBe(false)
        expect(
          verify(
            body,
            {
              [name]: signatureOf({ ...samples.app, appSecrets: withAllValues(samples.app.appSecrets, '') }, body).value,
            },
            withAllValues(samples.app.appSecrets, ''),
          ),
        ).toBe(false)
      })
      it.each(samples.handshakes)('answers the handshake: $what', sample => {
        expect(connector.intake.webhook!.handshake(new URLSearchParams(sample.query), samples.app.appSecrets)).toEqual(sample.expected)
      })

      it.each(samples.deliveries)('reads, twice the same: $what', sample => {
        const first = plain(connector.read(deliveryOf(sample)))
        expect(first).toEqual(sample.expected)
        expect(plain(connector.read(deliveryOf(sample)))).toEqual(first)
      })
      it('reads every item of a batch', () => {
        expect(Math.max(...samples.deliveries.map(sample => sample.expected.length))).toBeGreaterThan(1)
      })
      it.each(['', 'null', '42', '"text"', '[]', '{}', '<html>502</html>', '{"data":', '\u0000'])('throws on junk: %j', junk => {
        for (const source of new Set(samples.deliveries.map(sample => sample.source)))
          expect(() => connector.read({ ...deliveryOf(samples.deliveries[0]!), source, body: junk })).toThrow()
      })
      it.each(samples.deliveries)('throws on half of it: $what', sample => {
        const text = textOf(sample)
        expect(() => connector.read({ ...deliveryOf(sample), body: text.slice(0, Math.floor(text.length / 2)) })).toThrow()
      })
    })
  })
}

// All at once: a platform that never answers is waited for as long as the product waits.
for (const connector of connectors) {
  describe.concurrent(`the contract on ${connector.label}: what goes out`, () => {
    const samples = readSamples(connector.platform)
    it.for(samples.sends)('sends: $what', { timeout: 40_000 }, async (sample, { onTestFinished }) => {
      const server = await startRecorder(
        onTestFinished,
        sample.exchange.map(step => step.answer),
      )
      const outcome = await outcomeOf(connector.send(postOf(sample), lineTo(server.url, connector, samples.app, sample.accountSecrets)))
      expect(server.requests).toHaveLength(sample.exchange.length)
      for (const [nth, step] of sample.exchange.entries()) expectRequest(server.requests[nth]!, step.request)
      if (sample.expected.sent) return expect(outcome).toEqual({ sent: sample.expected.sent })
      const { says, ...error } = sample.expected.error!
      expect(outcome).toMatchObject({ error })
      if (says) expect(outcome.error!.message).toContain(says)
    })

    it('has a sample of each outcome', () => {
      const has = (test: (sample: SendSample) => unknown) => samples.sends.some(sample => Boolean(test(sample)))
      expect(has(sample => sample.expected.sent)).toBe(true)
      expect(has(sample => sample.expected.error?.kind === 'retry' && sample.expected.error.retryAfterMs)).toBe(true)
      expect(has(sample => sample.expected.error?.trouble === 'limit')).toBe(true)
      expect(has(sample => sample.expected.error?.kind === 'account')).toBe(true)
      expect(has(sample => sample.expected.error?.kind === 'refused' && Number(sample.exchange.at(-1)?.answer.status) >= 400)).toBe(true)
      for (const fault of ['drop', 'hang'])
        expect(has(sample => sample.expected.error?.kind === 'unsure' && sample.exchange.at(-1)?.answer.fault === fault)).toBe(true)
    })

    it.for(['public', 'private', 'status'] as const)('a %s text over the limit never leaves', async (where, { onTestFinished }) => {
      const server = await startRecorder(onTestFinished, [])
      // Where no status can be posted at all, a short one is refused too.
      const limit = connector.limits[where]?.limit ?? 1
      const answers = samples.sends.find(sample => sample.post.inReplyTo !== null)!
      const post: OutgoingPost = {
        ...postOf(answers),
        text: 'a'.repeat(limit + 1),
        isPrivateReply: false,
        visibility: where === 'private' ? 'private' : 'public',
        inReplyTo: where === 'status' ? null : postOf(answers).inReplyTo,
      }
      const outcome = await outcomeOf(connector.send(post, lineTo(server.url, connector, samples.app)))
      expect(outcome).toMatchObject({ error: { kind: 'refused' } })
      expect(server.requests).toHaveLength(0)
    })

    it.for(['public', 'private'] as const)(
      'a picture its rule does not take never leaves with a %s answer',
      async (visibility, { onTestFinished }) => {
        const server = await startRecorder(onTestFinished, [])
        const rule = connector.limits.pictures[visibility]
        const one = { bytes: new Uint8Array(8), type: 'image/jpeg' as const, alt: 'A tag', width: 4, height: 4 }
        const wrong =
          'because' in rule
            ? [[one]]
            : [
                Array.from({ length: rule.most + 1 }, () => one),
                [{ ...one, bytes: new Uint8Array(rule.maxBytes + 1) }],
                [{ ...one, type: 'image/bmp' as never }],
              ]
        for (const pictures of wrong) {
          const post = { ...pictured(samples, visibility), pictures, ...('isApart' in rule && { text: '' }) }
          const outcome = await outcomeOf(connector.send(post, lineTo(server.url, connector, samples.app)))
          expect(outcome).toMatchObject({ error: { kind: 'refused' } })
        }
        expect(server.requests).toHaveLength(0)
      },
    )

    it.for(['public', 'private'] as const)('a broken upload is no %s post that may be there', async (visibility, { onTestFinished }) => {
      const rule = connector.limits.pictures[visibility]
      if ('because' in rule) return
      const server = await startRecorder(onTestFinished, [{ fault: 'drop' }])
      const pictures = [{ bytes: new Uint8Array(8), type: 'image/jpeg' as const, alt: 'A tag', width: 4, height: 4 }]
      const post = { ...pictured(samples, visibility), pictures, ...('isApart' in rule && { text: '' }) }
      const outcome = await outcomeOf(connector.send(post, lineTo(server.url, connector, samples.app)))
      expect(outcome).toMatchObject({ error: { kind: 'retry' } })
      expect(server.requests).toHaveLength(1)
    })

    it('nobody listening is a retry: nothing was sent', async ({ onTestFinished }) => {
      const server = await startRecorder(onTestFinished, [])
      await server.close()
      const sample = samples.sends.find(candidate => candidate.expected.sent)!
      const outcome = await outcomeOf(connector.send(postOf(sample), lineTo(server.url, connector, samples.app)))
      expect(outcome).toMatchObject({ error: { kind: 'retry' } })
    })

    it('speaks to loopback only when told to leave the platform', async () => {
      const sample = samples.sends.find(candidate => candidate.expected.sent)!
      for (const apiBase of ['http://192.0.2.1:80', 'http://api.example.com', 'ftp://127.0.0.1'])
        await expect(connector.send(postOf(sample), lineTo(apiBase, connector, samples.app))).rejects.toThrow(/loopback/)
    })
  })
}

interface AppSample {
  now: string
  appSecrets: Secrets
  accountSecrets: Secrets
  account: Pick<Account, 'externalId' | 'handle' | 'name' | 'capabilities'>
  signature?: { header: string; secret: string; encoding: 'hex' | 'base64' }
}
interface DeliverySample {
  what: string
  source: string
  receivedAt: string
  account?: Delivery['account']
  body?: unknown
  rawBody?: string
  expected: unknown[]
}
interface HandshakeSample {
  what: string
  query: Record<string, string>
  expected: unknown
}
interface RequestSample {
  method: string
  path: string
  query?: Record<string, string>
  headers?: Record<string, string>
  body?: unknown
  bodyIncludes?: object
}
interface AnswerSample {
  status?: number
  headers?: Record<string, string>
  body?: unknown
  fault?: 'drop' | 'hang' | 'cut'
}
type PostSample = Omit<OutgoingPost, 'inReplyTo' | 'lastPrivateInboundAt'> & {
  lastPrivateInboundAt?: string
  inReplyTo: (Omit<Answerable, 'postedAt'> & { postedAt: string }) | null
}
interface SendSample {
  what: string
  post: PostSample
  accountSecrets?: Secrets
  exchange: { request: RequestSample; answer: AnswerSample }[]
  expected: { sent?: object; error?: { kind: string; trouble?: string; retryAfterMs?: number; says?: string } }
}

const samplesOf = (platform: string) => new URL(`../connectors/${platform}/samples/`, import.meta.url)

function readSamples(platform: string) {
  const folder = samplesOf(platform)
  const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as T
  const names = readdirSync(folder)
    .filter(name => name.endsWith('.json'))
    .sort()
  const all = <T>(prefix: string) => names.filter(name => name.startsWith(prefix)).map(name => read<T>(name))
  const unknown = names.filter(name => name !== 'app.json' && !/^(delivery|handshake|send)-/.test(name))
  if (unknown.length) throw new Error(`samples/ of ${platform}: no test reads ${unknown.join(', ')}`)
  return {
    app: read<AppSample>('app.json'),
    deliveries: all<DeliverySample>('delivery-'),
    handshakes: all<HandshakeSample>('handshake-'),
    sends: all<SendSample>('send-'),
  }
}

const textOf = (sample: DeliverySample) => sample.rawBody ?? JSON.stringify(sample.body)
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const withAllValues = (secrets: Secrets, value: string): Secrets => Object.fromEntries(Object.keys(secrets).map(name => [name, value]))

function deliveryOf(sample: DeliverySample): Delivery {
  return {
    source: sample.source,
    headers: {},
    body: textOf(sample),
    receivedAt: new Date(sample.receivedAt),
    account: sample.account ?? null,
  }
}

function postOf(sample: SendSample): OutgoingPost {
  const { inReplyTo, lastPrivateInboundAt, ...same } = sample.post
  return {
    ...same,
    inReplyTo: inReplyTo && { ...inReplyTo, postedAt: new Date(inReplyTo.postedAt) },
    ...(lastPrivateInboundAt && { lastPrivateInboundAt: new Date(lastPrivateInboundAt) }),
  }
}

/** An answer of a sample, on this way. */
function pictured(samples: ReturnType<typeof readSamples>, visibility: 'public' | 'private'): OutgoingPost {
  const answers = (sample: SendSample) => sample.post.inReplyTo !== null && sample.expected.sent
  const same = samples.sends.find(sample => answers(sample) && sample.post.visibility === visibility && !sample.post.isPrivateReply)
  return { ...postOf(same ?? samples.sends.find(answers)!), visibility, isPrivateReply: false }
}

function signatureOf(app: AppSample, body: Buffer) {
  const { header, secret, encoding } = app.signature!
  return {
    name: header,
    value: `sha256=${createHmac('sha256', app.appSecrets[secret]!).update(body).digest(encoding)}`,
  }
}

function isAccepted(connector: Connector, app: AppSample, body: Buffer, signed = body): boolean {
  const { name, value } = signatureOf(app, signed)
  return connector.intake.webhook!.verify(body, { [name]: value }, app.appSecrets)
}

function lineTo(apiBase: string, connector: Connector, app: AppSample, accountSecrets = app.accountSecrets): Line {
  let secrets: Secrets = { ...app.appSecrets, ...accountSecrets }
  return {
    account: {
      id: '0198c0de-0000-7000-8000-000000000001',
      appId: '0198c0de-0000-7000-8000-000000000002',
      platform: connector.platform,
      status: 'connected',
      statusReason: null,
      isDemo: false,
      connectedAt: new Date(app.now),
      ...app.account,
    },
    secrets,
    apiBase,
    now: () => new Date(app.now),
    renewSecrets: async (isStale, refresh) => {
      if (isStale(secrets)) secrets = { ...secrets, ...(await refresh(secrets)) }
      return secrets
    },
  }
}

async function outcomeOf(sending: Promise<object>): Promise<{ sent?: object; error?: PlatformError }> {
  try {
    return { sent: await sending }
  } catch (error) {
    if (error instanceof PlatformError) return { error }
    throw error
  }
}

interface Recorded {
  method: string
  path: string
  query: Record<string, string>
  headers: Record<string, string>
  body: unknown
}

/** A platform of a few prepared answers, which writes down what it was asked. Tests side by side must each name their own end. */
async function startRecorder(onTestFinished: TestContext['onTestFinished'], answers: AnswerSample[]) {
  const requests: Recorded[] = []
  const server: Server = createServer(async (request, response) => {
    requests.push(await recordOf(request))
    answer(response, answers[requests.length - 1] ?? { status: 500, body: 'the sample has no answer for this request' })
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  const close = () =>
    new Promise<void>(closed => {
      server.closeAllConnections()
      server.close(() => closed())
    })
  onTestFinished(close)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, close }
}

async function recordOf(request: IncomingMessage): Promise<Recorded> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  const url = new URL(request.url!, 'http://recorder')
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  // A file on its way up is looked at by the simulators' tests.
  const isJson = request.headers['content-type']?.includes('json')
  const body = text === '' ? undefined : isForm ? Object.fromEntries(new URLSearchParams(text)) : isJson ? JSON.parse(text) : text
  return {
    method: request.method!,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: request.headers as Record<string, string>,
    body,
  }
}

function answer(response: ServerResponse, sample: AnswerSample): void {
  if (sample.fault === 'hang') return
  if (sample.fault === 'drop') return void response.socket!.destroy()
  const text = typeof sample.body === 'string' ? sample.body : JSON.stringify(sample.body ?? {})
  const type = typeof sample.body === 'string' ? 'text/html' : 'application/json'
  if (sample.fault === 'cut') {
    response.writeHead(sample.status ?? 200, {
      'content-type': type,
      'content-length': Buffer.byteLength(text),
      ...sample.headers,
    })
    response.write(text.slice(0, Math.floor(text.length / 2)), () => response.socket!.destroy())
    return
  }
  response.writeHead(sample.status ?? 200, { 'content-type': type, ...sample.headers }).end(text)
}

function expectRequest(recorded: Recorded, sample: RequestSample): void {
  expect(`${recorded.method} ${recorded.path}`).toBe(`${sample.method} ${sample.path}`)
  expect(recorded).toMatchObject({ query: sample.query ?? {}, headers: sample.headers ?? {} })
  if (sample.bodyIncludes) expect(recorded.body).toMatchObject(sample.bodyIncludes)
  else expect(recorded.body).toEqual(sample.body)
}
