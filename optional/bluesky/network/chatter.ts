// People who post at a given rate and about nothing of ours, as a process of its own, until its standard input ends.
import { AtpAgent } from '@atproto/api'
import type { Network } from './start.ts'

const { pdsUrl, bypassKey, rate } = JSON.parse(process.argv[2]!) as Network & { rate: number }
const SPEAKERS = 8
const run = Math.random().toString(36).slice(2, 8)

let isOver = false
process.stdin.on('end', () => (isOver = true)).resume()
const agents = await Promise.all(Array.from({ length: SPEAKERS }, (_, nth) => signUp(`${run}-${nth}`)))
console.log('ready')
const begun = Date.now()
let [due, made] = [0, 0]
await Promise.all(agents.map(speak))
console.log(`made ${(made / ((Date.now() - begun) / 1000)).toFixed(1)}`)
process.exit(0)

async function speak(agent: AtpAgent): Promise<void> {
  while (!isOver) {
    // Whoever is behind posts at once; whoever is ahead waits.
    const at = begun + (due++ * 1000) / rate
    await new Promise(resolve => setTimeout(resolve, Math.max(0, at - Date.now())))
    await agent.com.atproto.repo.createRecord({
      repo: agent.assertDid,
      collection: 'app.bsky.feed.post',
      record: {
        $type: 'app.bsky.feed.post',
        text: `the soup was good, the weather less so (${due})`,
        createdAt: new Date().toISOString(),
        langs: ['en'],
      },
    })
    made++
  }
}

async function signUp(name: string): Promise<AtpAgent> {
  const agent = new AtpAgent({
    service: pdsUrl,
    fetch: (input: string | URL | Request, init?: RequestInit) => {
      const request = new Request(input, init)
      request.headers.set('x-ratelimit-bypass', bypassKey)
      return fetch(request)
    },
  })
  await agent.createAccount({ handle: `${name}.test`, email: `${name}@example.test`, password: 'a long enough password' })
  return agent
}
