// Anchor: a durable webhook at its simplest; verifies, parses, one INSERT per request, 200 after its commit.
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import pg from 'pg'

const { PORT, SECRET, DATABASE_URL } = process.env
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 8 })
await pool.query(`create table if not exists ingest (id bigint generated always as identity primary key, external_id text not null unique,
  text text not null, received_at timestamptz not null default now(), raw jsonb not null)`)

createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', chunk => chunks.push(chunk))
  request.on('end', () =>
    answer(Buffer.concat(chunks), String(request.headers['x-twitter-webhooks-signature'])).then(
      status => response.writeHead(status, { 'content-length': 0 }).end(),
      () => response.writeHead(500, { 'content-length': 0 }).end(),
    ),
  )
}).listen(Number(PORT), '127.0.0.1')

async function answer(body: Buffer, signature: string): Promise<number> {
  const given = Buffer.from(signature.slice('sha256='.length), 'base64')
  const wanted = createHmac('sha256', SECRET!).update(body).digest()
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return 401
  const raw = body.toString()
  const post = JSON.parse(raw).data.payload as { id: string; text: string }
  // Each request is a row, also a repeated one: the anchor always writes.
  const values = [`${post.id} ${randomUUID()}`, post.text, raw]
  await pool.query({
    name: 'store',
    text: 'insert into ingest (external_id, text, raw) values ($1, $2, $3) on conflict do nothing',
    values,
  })
  return 200
}
