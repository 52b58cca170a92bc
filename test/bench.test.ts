// The bench's own tools: what it pushes is the same for the same seed, and what it says of its slices is right.
import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { cpuMs } from '../bench/cpu.ts'
import { generator } from '../bench/generate.ts'
import { poisson } from '../bench/load.ts'
import { print } from '../bench/row.ts'
import { interleave, isNoisy, quantile, spreadOf } from '../bench/slices.ts'
import { connectorFor } from '../connectors/all.ts'

const options = {
  seed: 7,
  secret: 'bench',
  brand: { id: '1700000000000000001', handle: 'HeronAir' },
  startAt: new Date('2026-03-02T10:00:00Z'),
  duplicates: 0.05,
  forgeries: 0.01,
}
const draw = (count: number, changed: Partial<typeof options> = {}) => {
  const next = generator({ ...options, ...changed })
  return Array.from({ length: count }, next)
}

test('the same seed gives the same bytes, another seed gives others', () => {
  expect(draw(300)).toEqual(draw(300))
  expect(draw(50, { seed: 8 }).map(p => p.body.toString())).not.toEqual(draw(50).map(p => p.body.toString()))
})

test('the shares are as asked: duplicates, forgeries, and conversations that go on', () => {
  const pushes = draw(20_000)
  const share = (kind: string) => pushes.filter(p => p.kind === kind).length / pushes.length
  expect(share('duplicate')).toBeCloseTo(0.05, 1.9)
  expect(share('forged')).toBeCloseTo(0.01, 2)
  const fresh = pushes.filter(p => p.kind === 'new')
  expect(fresh.filter(p => p.mention.threadKey !== p.mention.externalId).length / fresh.length).toBeCloseTo(0.4, 1)
  expect(new Set(fresh.map(p => p.mention.externalId)).size).toBe(fresh.length)
})

test('a conversation stays with its author', () => {
  const authors = new Map<string, string>()
  for (const { kind, mention } of draw(5_000)) {
    if (kind !== 'new') continue
    expect(authors.get(mention.threadKey) ?? mention.authorId).toBe(mention.authorId)
    authors.set(mention.threadKey, mention.authorId)
  }
})

test('a few authors write most: the first of the ranks a tenth of all', () => {
  const counts = Map.groupBy(
    draw(20_000).filter(p => p.kind === 'new'),
    p => p.mention.authorId,
  )
  const busiest = Math.max(...[...counts.values()].map(one => one.length))
  expect(busiest / 20_000).toBeGreaterThan(0.04)
  expect(counts.size).toBeGreaterThan(2_000)
})

test('bodies are 2 KB, signed by the secret, and forgeries are not', () => {
  for (const { kind, body, signature } of draw(2_000)) {
    expect(body.length).toBe(2_048)
    const right = `sha256=${createHmac('sha256', options.secret).update(body).digest('base64')}`
    expect(signature === right).toBe(kind !== 'forged')
  }
})

test('the connector reads from each push exactly what the ledger expects', () => {
  const connector = connectorFor('x')
  for (const { body, mention } of draw(200)) {
    const [read] = connector.read({ source: 'webhook', headers: {}, body: body.toString(), receivedAt: options.startAt, account: null })
    expect(read).toMatchObject({
      kind: 'mention',
      account: options.brand.id,
      mention: {
        externalId: mention.externalId,
        threadKey: mention.threadKey,
        text: mention.text,
        author: { externalId: mention.authorId },
      },
    })
  }
})

test('median, range, and whether the pairs agree', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 })
  expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 })
  expect(isNoisy({ median: 4, min: 3.5, max: 4.4 })).toBe(false)
  expect(isNoisy({ median: 4, min: 3.5, max: 4.5 })).toBe(true)
  expect(() => spreadOf([])).toThrow()
})

test('quantiles by nearest rank, whatever the order', () => {
  const values = Array.from({ length: 100 }, (_, n) => 100 - n)
  expect([quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1), quantile([5], 0.99)]).toEqual([50, 99, 100, 5])
})

test('slices alternate between product and anchor', async () => {
  const order: string[] = []
  const slice = (who: string) => async () => {
    order.push(who)
    return { value: 1, cpuMs: null }
  }
  await interleave(3, slice('product'), slice('anchor'), () => {})
  expect(order).toEqual(['product', 'anchor', 'product', 'anchor', 'product', 'anchor'])
})

test('poisson arrivals keep their mean rate and never run backwards', () => {
  let n = 0
  const arrivals = poisson(draw(5_000), 1_000, () => (n++ % 997) / 997)
  expect(arrivals.at(-1)!.at).toBeGreaterThan(4_700)
  expect(arrivals.at(-1)!.at).toBeLessThan(5_300)
  expect(arrivals.every(({ at }, i) => i === 0 || at >= arrivals[i - 1]!.at)).toBe(true)
})

test('a run with a loss holds no bar and says so', () => {
  const pairs = [{ product: { value: 10, cpuMs: 1 }, anchor: { value: 20, cpuMs: 1 } }]
  const row = {
    name: 'B0',
    unit: '/s',
    pairs,
    anchorName: 'anchor',
    bars: [{ what: 'half', holds: () => true }],
    faults: ['1 mentions lost'],
  }
  expect(print(row)).toMatch(/SCORE 0: 1 mentions lost[\s\S]*MISSED {2}half/)
  expect(print({ ...row, faults: [] })).toMatch(/holds {3}half/)
})

test.skipIf(process.platform !== 'linux')('CPU of a process tree grows with the work it does', () => {
  const before = cpuMs([process.pid])!
  for (const start = performance.now(); performance.now() - start < 300; );
  expect(cpuMs([process.pid])! - before).toBeGreaterThan(20)
})
