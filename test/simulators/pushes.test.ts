// The queue that pushes to webhooks: what is mixed up still goes where it belongs.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { faultBoard } from '../../simulators/faults.ts'
import { pushQueue } from '../../simulators/pushes.ts'

test('pushes to two webhooks that are reordered together each arrive at their own', async () => {
  const arrived: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => (body += chunk))
    request.on('end', () => {
      arrived.push(`${request.url} ${body}`)
      response.end()
    })
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  const faults = faultBoard([{ kind: 'push-reorder', times: 2 }])
  const queue = pushQueue<string>({
    faults,
    maxBatch: 10,
    timeoutMs: 5_000,
    envelope: (lane, contents) => ({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${lane}`,
      body: Buffer.from(contents.join()),
      headers: {},
    }),
    done: () => {},
  })
  onTestFinished(() => {
    queue.stop()
    server.close()
  })
  queue.add({ id: '1', lane: 'pages', content: 'a comment' })
  queue.add({ id: '2', lane: 'photos', content: 'a mention' })
  expect(await queue.settled()).toBe(true)
  expect(arrived).toEqual(['/photos a mention', '/pages a comment'])
})
