// What is wrong with `fb` and its `request`, and that none of it reaches us.
import { spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { type GraphCall, type GraphMethod, graphClient } from '../../connectors/meta/graph-client.ts'
import { pageGraph } from '../../connectors/meta/page-graph.ts'
import { type Asked, lineTo, localGraph } from './facebook-local-graph.ts'

const require = createRequire(import.meta.url)
const requireAsFb = createRequire(require.resolve('fb'))
const request = requireAsFb('request') as typeof import('request')

function requestIn(around: import('request').Exchange, ...question: Parameters<typeof request>): void {
  request.exchange.run(around, () => request(...question))
}
function callTo(base: string | null, more: Partial<GraphCall> = {}): GraphCall {
  return { token: 'token-one', appSecret: 'secret-one', base, product: 'Facebook', method: 'get', path: 'me', ...more }
}

describe('the package named request', () => {
  it('is ours alone, where `fb` looks for it', () => {
    expect(requireAsFb.resolve('request')).toMatch(/connectors\/facebook\/request\/index\.cjs$/)
    expect(require.resolve('request')).toBe(requireAsFb.resolve('request'))
    expect((requireAsFb('request/package.json') as { version: string }).version).toBe('2.88.99')
  })

  it('leaves Graph for loopback only', async () => {
    for (const base of ['http://192.0.2.7', 'https://graph.example.com', 'http://127.0.0.1.example.com', 'http://localhost.example.com'])
      await expect(graphClient.call(callTo(base))).rejects.toMatchObject({
        kind: 'refused',
        message: expect.stringContaining('loopback'),
      })
  })

  it('asks nobody but Graph, whatever address it is given', async () => {
    const failure = await new Promise<unknown>(done => request({ uri: 'https://example.com/v25.0/me' }, done))
    expect(failure).toMatchObject({ error: { code: 'EBASE' } })
  })

  it('sends a file with `false` and `0` beside it, where the old one ended the process', async () => {
    const graph = await localGraph(() => ({ json: { id: '1' } }))
    const params = {
      source: { value: Buffer.from('x'), options: { filename: 'x.png', contentType: 'image/png' } },
      published: false,
      order: 0,
    }
    const answer = await graphClient.call(callTo(graph.base, { method: 'post', path: 'me/photos', params }))
    expect(answer.body).toEqual({ id: '1' })
  })
})

describe('the defects of fb', () => {
  it('mutated params: the object we pass is as it was, frozen or not', async () => {
    const graph = await localGraph(() => ({ json: { id: '1' } }))
    const params = Object.freeze({ message: 'hi' })
    await graphClient.call(callTo(graph.base, { method: 'post', params }))
    await graphClient.call(callTo(graph.base, { params }))
    expect(params).toEqual({ message: 'hi' })
  })

  it('tenant isolation: two tokens in parallel over the same params, each with its own proof and its own server', async () => {
    const slow = async (asked: Asked) => {
      await new Promise(later => setTimeout(later, Math.random() * 20))
      return {
        headers: { 'x-app-usage': `{"call_count":${asked.query.get('access_token') === 'token-one' ? 11 : 22}}` },
        json: { said: asked.query.get('access_token') },
      }
    }
    const [one, two] = [await localGraph(slow), await localGraph(slow)]
    const params = { fields: 'id' }
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, nth) =>
        graphClient.call(
          nth % 2 ? callTo(two.base, { params, token: 'token-two', appSecret: 'secret-two' }) : callTo(one.base, { params }),
        ),
      ),
    )
    answers.forEach((answer, nth) => {
      expect(answer.body.said).toBe(nth % 2 ? 'token-two' : 'token-one')
      expect(answer.usage[0]!.percent).toBe(nth % 2 ? 22 : 11)
    })
    const proof = (token: string, secret: string) => createHmac('sha256', secret).update(token).digest('hex')
    expect(new Set(one.asked.map(asked => asked.query.get('appsecret_proof')))).toEqual(new Set([proof('token-one', 'secret-one')]))
    expect(new Set(two.asked.map(asked => asked.query.get('appsecret_proof')))).toEqual(new Set([proof('token-two', 'secret-two')]))
  })

  it('HTML answer: a read is tried again, a write is unsure', async () => {
    const graph = await localGraph(() => ({ status: 502, html: '<html>Sorry, something went wrong.</html>' }))
    await expect(graphClient.call(callTo(graph.base))).rejects.toMatchObject({ kind: 'retry' })
    await expect(graphClient.call(callTo(graph.base, { method: 'post' }))).rejects.toMatchObject({ kind: 'unsure' })
  })

  it.each(['', '{"id":"1', 'null', '[]', '<html></html>'])('an unreadable body with status 200: %j', async html => {
    const graph = await localGraph(() => ({ html }))
    await expect(graphClient.call(callTo(graph.base))).rejects.toMatchObject({ kind: 'retry' })
    await expect(graphClient.call(callTo(graph.base, { method: 'post' }))).rejects.toMatchObject({ kind: 'unsure' })
  })

  it('redirect refused: the token is not carried to where it points', async () => {
    const other = await localGraph(() => ({ json: { id: 'stolen' } }))
    const graph = await localGraph(() => ({ status: 302, headers: { location: `${other.base}/v25.0/me` }, html: '' }))
    await expect(graphClient.call(callTo(graph.base))).rejects.toMatchObject({ kind: 'retry' })
    expect(other.asked).toHaveLength(0)
  })

  it('unhandled crash: a circular error arrives as plain words', async () => {
    const graph = await localGraph(() => ({ json: { id: '1' } }))
    const circular: { code: string; message: string; socket?: unknown } = {
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      message: 'Host name mismatch',
    }
    circular.socket = circular
    const onAnswer = () => {
      throw new Error('fetch failed', { cause: circular })
    }
    const failure = await new Promise(done =>
      requestIn({ base: graph.base, onAnswer }, { uri: 'https://graph.facebook.com/v25.0/me' }, done),
    )
    expect(failure).toEqual({
      error: { type: 'network', code: 'ERR_TLS_CERT_ALTNAME_INVALID', message: 'Host name mismatch' },
    })
  })

  it('unhandled crash: no TLS at the other end is a rejection, not the end of the process', async () => {
    const graph = await localGraph(() => ({ json: { id: '1' } }))
    await expect(graphClient.call(callTo(graph.base.replace('http:', 'https:')))).rejects.toMatchObject({
      kind: 'retry',
    })
  })

  it('never settling: an unknown method is refused before `fb` sees it', async () => {
    await expect(graphClient.call(callTo(null, { method: 'patch' as GraphMethod }))).rejects.toThrow('patch')
  })

  it('no repetition: a POST dropped after it arrived is unsure, and arrived once', async () => {
    const graph = await localGraph(() => 'drop')
    await expect(graphClient.call(callTo(graph.base, { method: 'post' }))).rejects.toMatchObject({ kind: 'unsure' })
    expect(graph.asked).toHaveLength(1)
    await expect(graphClient.call(callTo(graph.base))).rejects.toMatchObject({ kind: 'retry' })
  })

  it('silence: a read is given up after its time', async () => {
    const graph = await localGraph(() => new Promise(() => undefined))
    await expect(graphClient.call(callTo(graph.base, { timeoutMs: 50 }))).rejects.toMatchObject({
      kind: 'retry',
      message: expect.stringContaining('ETIMEDOUT'),
    })
  })

  it('printed tokens: DEBUG=* shows no URL', () => {
    const program = `
      import { graphClient } from './connectors/meta/graph-client.ts'
      await graphClient.call({ token: 'very-secret-token', appSecret: 'app', base: 'http://127.0.0.1:9', method: 'get', path: 'me' }).catch(error => console.log(error.kind))`
    const ran = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      env: { ...process.env, DEBUG: '*' },
      encoding: 'utf8',
    })
    expect(ran.stdout.trim()).toBe('retry')
    expect(ran.stderr).not.toContain('access_token')
    expect(ran.stderr).not.toContain('very-secret-token')
  })
})

describe('what Meta says', () => {
  const error = (code: number, more: object = {}) => ({
    status: 400,
    json: { error: { message: 'words of Meta', code, ...more } },
  })
  it.each([
    [error(190), 'account', 'account'],
    [error(190, { error_subcode: 460 }), 'account', 'account'],
    [error(10), 'refused', 'refused'],
    [error(10, { error_subcode: 2018278 }), 'refused', 'refused'],
    [error(200), 'refused', 'refused'],
    [error(299), 'refused', 'refused'],
    [error(551), 'refused', 'refused'],
    [error(368), 'refused', 'refused'],
    [error(506), 'refused', 'refused'],
    [error(100), 'refused', 'refused'],
    [error(4), 'retry', 'retry'],
    [error(17), 'retry', 'retry'],
    [error(32), 'retry', 'retry'],
    [error(613), 'retry', 'retry'],
    [error(80001), 'retry', 'retry'],
    [error(80006), 'retry', 'retry'],
    [error(1), 'retry', 'unsure'],
    [error(2), 'retry', 'unsure'],
    [error(4711, { is_transient: true }), 'retry', 'unsure'],
    [error(4711), 'refused', 'refused'],
    [{ status: 500, json: {} }, 'retry', 'unsure'],
    [{ status: 404, json: {} }, 'refused', 'refused'],
  ] as const)('%j is %s on a read and %s on a write', async (answer, onRead, onWrite) => {
    const graph = await localGraph(() => answer)
    await expect(graphClient.call(callTo(graph.base))).rejects.toMatchObject({ kind: onRead })
    await expect(graphClient.call(callTo(graph.base, { method: 'post' }))).rejects.toMatchObject({ kind: onWrite })
  })

  it('an error of status 200 is an error', async () => {
    const graph = await localGraph(() => ({ ...error(506), status: 200 }))
    await expect(graphClient.call(callTo(graph.base, { method: 'post' }))).rejects.toMatchObject({
      kind: 'refused',
      code: 506,
    })
  })

  it('keeps every digit of an id sent as a number', async () => {
    const graph = await localGraph(() => ({ html: '{"id":10210043681558627}' }))
    expect((await graphClient.call(callTo(graph.base))).body).toEqual({ id: '10210043681558627' })
  })

  it.each([
    [{ 'x-app-usage': '{"call_count":28,"total_time":80,"total_cputime":3}' }, ['app', 20, 5]],
    [{ 'x-page-usage': '{"call_count":95,"total_time":1}' }, ['page', 0, 5]],
    [
      {
        'x-business-use-case-usage': '{"1":[{"type":"messenger","call_count":100,"estimated_time_to_regain_access":12}]}',
      },
      ['messenger', 0, 12],
    ],
  ] as const)('tells what is left: %j', async (headers, [name, remaining, minutes]) => {
    const graph = await localGraph(() => ({ headers, json: { id: '1' } }))
    const told: unknown[] = []
    const line = lineTo(graph.base, { onBudget: (...budget) => told.push(budget.slice(0, 3)) })
    await pageGraph(line, { name: 'Facebook' }).get('me')
    expect(told).toEqual([[name, remaining, new Date(line.now().getTime() + minutes * 60_000)]])
  })

  it('a usage header nobody can read spoils nothing', async () => {
    const graph = await localGraph(() => ({ headers: { 'x-app-usage': 'much' }, json: { id: '1' } }))
    expect((await graphClient.call(callTo(graph.base))).usage).toEqual([])
  })
})
