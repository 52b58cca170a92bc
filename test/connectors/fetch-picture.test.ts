// Fetching strangers' pictures: only from allowed, public places, only pictures, within time and size; and nothing of us goes along.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { Agent } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fetchPicture, overLoopback, overTheInternet, type WantedPicture } from '../../connectors/fetch-picture.ts'
import { pictureTypeOf } from '../../connectors/picture-type.ts'
import { isPublicAddress } from '../../connectors/public-address.ts'

const PUBLIC = '93.184.216.34'
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
const SAYS_NOT_OPEN = 'private network'

describe('which addresses are public', () => {
  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.8',
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.7',
    '203.0.113.9',
    '224.0.0.1',
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
    '::ffff:93.184.216.34',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::5db8:d822',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd12:3456::1',
    'ff02::1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::1',
    '3fff::1',
    '2606:4700::6810:84e5%lo',
    'localhost',
    '',
    '1.2.3',
    '0x7f.1',
  ])('%s is not', address => expect(isPublicAddress(address)).toBe(false))
  it.each([
    PUBLIC,
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '2606:4700::6810:84e5',
    '2a00:1450:4001::1',
    '2001:4860:4860::8888',
  ])('%s is', address => expect(isPublicAddress(address)).toBe(true))
})

describe('what is a picture', () => {
  it.each([
    ['image/jpeg', Buffer.from('ffd8ffe000104a464946', 'hex')],
    ['image/png', PNG],
    ['image/gif', Buffer.from('GIF89a......')],
    ['image/webp', Buffer.from('RIFF\0\0\0\0WEBPVP8 ', 'latin1')],
    ['image/avif', Buffer.from('\0\0\0\x20ftypavif\0\0', 'latin1')],
    [null, Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
    [null, Buffer.from('<?xml version="1.0"?><svg/>')],
    [null, Buffer.from('<!doctype html><p>GIF89a')],
    [null, Buffer.from('\0\0\0\x20ftypmp42', 'latin1')],
    [null, Buffer.from('RIFF\0\0\0\0WAVE', 'latin1')],
    [null, Buffer.from('%PDF-1.7')],
    [null, Buffer.alloc(0)],
  ])('%s', (type, bytes) => expect(pictureTypeOf(bytes)).toBe(type))
})

describe('addresses that are never dialled', () => {
  it.each([
    ['http://cdn.pictures.example/1.png', 'https'],
    ['ftp://cdn.pictures.example/1.png', 'https'],
    ['data:image/png;base64,AAAA', 'https'],
    ['file:///etc/passwd', 'https'],
    ['no address', 'https'],
    ['https://127.0.0.1/1.png', 'never fetched'],
    ['https://2130706433/1.png', 'never fetched'],
    ['https://0x7f.1/1.png', 'never fetched'],
    [`https://${PUBLIC}/1.png`, 'never fetched'],
    ['https://[::1]/1.png', 'never fetched'],
    ['https://localhost/1.png', 'never fetched'],
    ['https://intranet/1.png', 'never fetched'],
    ['https://cdn.pictures.example:8443/1.png', 'never fetched'],
    ['https://me:secret@cdn.pictures.example/1.png', 'never fetched'],
    ['https://cdn.pictures.example.evil.test/1.png', 'evil.test'],
    ['https://evilpictures.example/1.png', 'evilpictures.example'],
    ['https://pictures.example/1.png', 'none of the platform'],
  ])('%s', async (url, because) => {
    const far = await farAway({})
    expect(await far.fetch(url)).toEqual({ ok: false, because: expect.stringContaining(because) })
    expect(far.dialled).toEqual([])
  })

  it.each([
    ['10.0.0.5', 4],
    ['127.0.0.1', 4],
    ['169.254.169.254', 4],
    ['::1', 6],
    ['::ffff:127.0.0.1', 6],
    ['fd00::5', 6],
  ])('a name that stands for %s, also when no list of hosts is given', async (address, family) => {
    const far = await farAway({ names: { 'cdn.pictures.example': [{ address, family }] } })
    expect(await far.fetch('https://cdn.pictures.example/1.png', { hosts: null })).toMatchObject({
      because: expect.stringContaining(SAYS_NOT_OPEN),
    })
    expect(far.dialled).toEqual([])
  })

  it('a name of which one address is public and one is not', async () => {
    const addresses = [
      { address: PUBLIC, family: 4 },
      { address: '192.168.0.7', family: 4 },
    ]
    const far = await farAway({ names: { 'cdn.pictures.example': addresses } })
    expect(await far.fetch()).toMatchObject({ because: expect.stringContaining(SAYS_NOT_OPEN) })
    expect(far.dialled).toEqual([])
  })

  it('a name that changes its mind: only what was looked at is dialled, and it is looked up once', async () => {
    let asked = 0
    const far = await farAway({ resolve: async () => [{ address: asked++ ? '127.0.0.1' : PUBLIC, family: 4 }] })
    expect(await far.fetch()).toMatchObject({ ok: true })
    expect(asked).toBe(1)
    expect(far.dialled).toEqual([PUBLIC])
  })
})

describe('redirects', () => {
  const to = (location: string) => (response: ServerResponse) => void response.writeHead(302, { location }).end()

  it('are followed twice, each looked at again', async () => {
    const far = await farAway({ paths: { '/1.png': to('/2.png'), '/2.png': to('https://other.pictures.example/3.png') } })
    expect(await far.fetch()).toMatchObject({ ok: true, type: 'image/png' })
    expect(far.dialled).toEqual([PUBLIC, PUBLIC, PUBLIC])
  })
  it('are not followed a third time', async () => {
    const far = await farAway({ paths: { '/1.png': to('/2.png'), '/2.png': to('/3.png'), '/3.png': to('/4.png') } })
    expect(await far.fetch()).toMatchObject({ ok: false, because: expect.stringContaining('leads to another') })
  })
  it.each([
    'http://cdn.pictures.example/1.png',
    'https://127.0.0.1/1.png',
    'https://evil.test/1.png',
    'https://inside.pictures.example/1.png',
    '//[::1]/1.png',
    'https://',
  ])('to %s are refused', async location => {
    const names = { 'inside.pictures.example': [{ address: '127.0.0.1', family: 4 }] }
    const far = await farAway({ names, paths: { '/1.png': to(location) } })
    expect(await far.fetch()).toMatchObject({ ok: false })
    expect(far.dialled).toEqual([PUBLIC])
  })
  it('never take our sign-in to another host', async () => {
    const far = await farAway({ paths: { '/1.png': to('https://other.pictures.example/2.png') } })
    await far.fetch(undefined, { authorizationFor: async host => (host === 'cdn.pictures.example' ? 'Bearer ours' : null) })
    expect(far.asked.map(one => [one.host, one.headers.authorization])).toEqual([
      ['cdn.pictures.example', 'Bearer ours'],
      ['other.pictures.example', undefined],
    ])
  })
})

describe('what comes back', () => {
  const answer =
    (status: number, body: Buffer | string, headers = {}) =>
    (response: ServerResponse) =>
      void response.writeHead(status, headers).end(body)

  it.each([
    ['a page that calls itself a picture', answer(200, '<!doctype html><script>1</script>', { 'content-type': 'image/png' }), 'no picture'],
    ['an SVG', answer(200, '<svg xmlns="http://www.w3.org/2000/svg"/>', { 'content-type': 'image/svg+xml' }), 'no picture'],
    ['a compressed answer', answer(200, Buffer.from('1f8b0800', 'hex'), { 'content-encoding': 'gzip' }), 'no picture'],
    ['nothing', answer(200, ''), 'no picture'],
    ['what is gone', answer(404, PNG), 'no longer there'],
    ['what is closed', answer(403, PNG), 'not to us'],
    ['an error', answer(500, PNG), 'error (500)'],
    ['more than the limit, announced', answer(200, Buffer.concat([PNG, Buffer.alloc(3 * MB)])), 'larger than 2 MB'],
  ])('%s is not shown', async (_what, handler, because) => {
    const far = await farAway({ paths: { '/1.png': handler } })
    expect(await far.fetch(undefined, { sizeLimit: 2 * MB })).toEqual({ ok: false, because: expect.stringContaining(because) })
  })

  it('more than the limit, unannounced, is broken off while it comes', async () => {
    let isCut = false
    const far = await farAway({
      paths: {
        '/1.png': response => {
          response.on('close', () => (isCut = true))
          response.writeHead(200)
          response.write(PNG)
          const more = () => !isCut && response.write(Buffer.alloc(MB), more)
          more()
        },
      },
    })
    expect(await far.fetch(undefined, { sizeLimit: 2 * MB })).toMatchObject({ because: expect.stringContaining('larger than') })
    await expect.poll(() => isCut).toBe(true)
  })
  it.each([
    ['that never answers', () => {}],
    ['that drips for ever', (response: ServerResponse) => void response.writeHead(200).write(PNG)],
  ])('a server %s is not waited for', async (_what, handler) => {
    const far = await farAway({ paths: { '/1.png': handler } })
    expect(await far.fetch(undefined, { timeLimitMs: 60 })).toMatchObject({ because: expect.stringContaining('in time') })
  })
  it('a name that is never found is not waited for', async () => {
    const far = await farAway({ resolve: () => new Promise(() => {}) })
    expect(await far.fetch(undefined, { timeLimitMs: 60 })).toMatchObject({ because: expect.stringContaining('in time') })
  })
  it('a connection that breaks off leaves no half picture', async () => {
    const cut = (response: ServerResponse) =>
      void response.writeHead(200, { 'content-length': '1000' }).write(PNG, () => response.destroy())
    const far = await farAway({ paths: { '/1.png': cut } })
    expect(await far.fetch()).toMatchObject({ ok: false, because: expect.stringContaining('reached') })
  })
  it('whoever leaves ends it', async () => {
    const gone = new AbortController()
    const far = await farAway({ paths: { '/1.png': () => gone.abort() } })
    expect(await far.fetch(undefined, { signal: gone.signal })).toMatchObject({ ok: false })
  })
  it('is shown by its bytes, and neither cookie nor referrer went out', async () => {
    const far = await farAway({ paths: { '/1.png': answer(200, PNG, { 'content-type': 'text/html', 'set-cookie': 'a=b' }) } })
    expect(await far.fetch()).toEqual({ ok: true, type: 'image/png', bytes: PNG })
    const [{ headers }] = far.asked as [{ headers: IncomingHttpHeaders }]
    expect(headers).not.toHaveProperty('cookie')
    expect(headers).not.toHaveProperty('referer')
    expect(headers).not.toHaveProperty('authorization')
  })
})

it('only a loopback address may stand for a platform', () => {
  for (const base of ['http://10.0.0.1:80', 'https://127.0.0.1', 'http://sim.example', 'http://127.0.0.1.evil.test'])
    expect(() => overLoopback(base)).toThrow('not a simulator')
})

const MB = 1024 * 1024

interface Far {
  names?: Record<string, { address: string; family: number }[]>
  resolve?: (host: string) => Promise<{ address: string; family: number }[]>
  paths?: Record<string, (response: ServerResponse) => void>
}

/** An internet whose every public address is one local server; what was dialled and asked is written down. */
async function farAway({ names = {}, resolve, paths = {} }: Far) {
  const dialled: string[] = []
  const asked: { host: string | undefined; headers: IncomingHttpHeaders }[] = []
  const server = createServer((request, response) => {
    asked.push({ host: request.headers.host, headers: request.headers })
    const handler = paths[request.url!]
    if (handler) handler(response)
    else response.end(PNG)
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const reach = overTheInternet(resolve ?? (async host => names[host] ?? [{ address: PUBLIC, family: 4 }]), addresses => {
    dialled.push(...addresses.map(one => one.address))
    return new (class extends Agent {
      override createConnection() {
        return connect(port, '127.0.0.1')
      }
    })()
  })
  const fetch = (url = 'https://cdn.pictures.example/1.png', more: Partial<WantedPicture> = {}) =>
    fetchPicture({ url, hosts: ['cdn.pictures.example', '*.pictures.example'], authorizationFor: async () => null, ...more }, reach)
  return { dialled, asked, fetch }
}
