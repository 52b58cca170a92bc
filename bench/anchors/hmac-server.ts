// Anchor: a bare server that verifies HMAC-SHA256 over the raw body, parses it, and answers 200. Stores nothing.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'

const { PORT, SECRET } = process.env

createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', chunk => chunks.push(chunk))
  request.on('end', () => {
    const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
    const given = Buffer.from(String(request.headers['x-twitter-webhooks-signature']).slice('sha256='.length), 'base64')
    const wanted = createHmac('sha256', SECRET!).update(body).digest()
    const isSigned = given.length === wanted.length && timingSafeEqual(given, wanted)
    if (isSigned) JSON.parse(body.toString())
    response.writeHead(isSigned ? 200 : 401, { 'content-length': 0 }).end()
  })
}).listen(Number(PORT), '127.0.0.1')
