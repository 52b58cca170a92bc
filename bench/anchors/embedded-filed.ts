// Anchor of the embedded pipeline: the embedded database alone, ticket + mention + event in one committed transaction, in a process of its own.
import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from '../../config.ts'
import { openEmbedded } from '../../db/embedded.ts'
import { diesWithUs, ended } from '../product.ts'
import type { Slice } from '../slices.ts'

export async function startEmbeddedAnchor(seconds: number): Promise<{ slice: () => Promise<Slice>; stop: () => Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'heed-bench-anchor-'))
  const child: ChildProcess = fork(import.meta.filename, [dir])
  diesWithUs(child)
  await once(child, 'message')
  return {
    slice: async () => {
      child.send(seconds)
      const [slice] = (await once(child, 'message')) as [Slice]
      return slice
    },
    stop: async () => {
      await ended(child)
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

const FILED = `
  with t as (insert into ticket (account_id, status, priority, category, author_id, opened_at, due_at, last_inbound_at) values (1, 0, 2, 3, $2, now(), now() + interval '1 hour', now()) returning id),
    m as (insert into mention (platform, external_id, account_id, author_id, ticket_id, text, language, posted_at, received_at, verdict)
      select 1, $1::text, 1, $2, t.id, '@HeronAir my flight was cancelled and nobody at the desk can help, ' || $3::text, 'en', now(), now(),
        jsonb_build_object('category', 'complaint', 'because', repeat('my flight was cancelled ', 6)) from t on conflict (platform, external_id) do nothing returning ticket_id)
  insert into ticket_event (ticket_id, kind, at, after) select ticket_id, 1, now(), '{"status": "new", "priority": "normal"}' from m`

if (import.meta.main) {
  const { lite } = await openEmbedded({ dir: join(process.argv[2]!, 'db'), syncToDisk: true })
  const schema = readFileSync(join(projectRoot, 'bench/anchors/schema.sql'), 'utf8')
    .replaceAll(':n', '1000')
    .replace(/^vacuum.*|^checkpoint.*/gm, '')
  await lite.exec(schema)
  process.on('message', async seconds => {
    const start = performance.now()
    const cpu = process.cpuUsage()
    let count = 0
    for (; performance.now() - start < Number(seconds) * 1000; count++)
      await lite.query(FILED, [`x${randomUUID()}`, (count % 200_000) + 1, `order ${count}`])
    const { user, system } = process.cpuUsage(cpu)
    process.send!({ value: count / ((performance.now() - start) / 1000), cpuMs: (user + system) / 1000 / count } satisfies Slice)
  })
  process.send!('ready')
}
