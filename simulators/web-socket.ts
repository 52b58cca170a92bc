// The platform's end of a WebSocket: the handshake, text frames and pings out, and what the client says (RFC 6455, no extensions).
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

export interface WebSocketEnd {
  send: (text: string) => void
  ping: () => void
  /** The connection dies without a word. */
  drop: () => void
}

/** `protocol`: the one agreed on, of those the client offered. */
export function acceptWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  { protocol, onText, onClose }: { protocol: string | null; onText: (text: string) => void; onClose: () => void },
): WebSocketEnd {
  const proof = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`).digest('base64')
  const agreed = protocol === null ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]
  const head = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${proof}`,
    ...agreed,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  let waiting = Buffer.alloc(0)
  socket.on('data', (bytes: Buffer) => {
    waiting = Buffer.concat([waiting, bytes])
    if (waiting.length > MOST_BYTES) return socket.destroy()
    for (let frame = frameIn(waiting); frame; frame = frameIn(waiting)) {
      waiting = waiting.subarray(frame.length)
      if (frame.opcode === TEXT) onText(frame.payload.toString('utf8'))
      if (frame.opcode === CLOSE) socket.end(frameOf(CLOSE, frame.payload))
    }
  })
  // A client that goes away mid-frame is one that went away.
  socket.on('error', () => socket.destroy())
  socket.on('close', onClose)
  return {
    send: text => void socket.write(frameOf(TEXT, Buffer.from(text))),
    ping: () => void socket.write(frameOf(PING, Buffer.alloc(0))),
    drop: () => void socket.destroy(),
  }
}

/** Null: not all of it has come yet. A client masks what it sends. */
function frameIn(bytes: Buffer): { opcode: number; payload: Buffer; length: number } | null {
  if (bytes.length < 2) return null
  const short = bytes[1]! & 0x7f
  const wide = short === 126 ? 2 : short === 127 ? 8 : 0
  const begin = 2 + wide + 4
  if (bytes.length < begin) return null
  const size = wide === 0 ? short : wide === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  if (bytes.length < begin + size) return null
  const mask = bytes.subarray(begin - 4, begin)
  const payload = Buffer.from(bytes.subarray(begin, begin + size).map((byte, n) => byte ^ mask[n % 4]!))
  return { opcode: bytes[0]! & 0x0f, payload, length: begin + size }
}

function frameOf(opcode: number, payload: Buffer): Buffer {
  const size = payload.length
  const head = Buffer.alloc(size < 126 ? 2 : size < 65_536 ? 4 : 10)
  head[0] = 0x80 | opcode
  head[1] = size < 126 ? size : size < 65_536 ? 126 : 127
  if (head.length === 4) head.writeUInt16BE(size, 2)
  if (head.length === 10) head.writeBigUInt64BE(BigInt(size), 2)
  return Buffer.concat([head, payload])
}

/** Of a frame: clients say which stream they want, and no more. */
const MOST_BYTES = 64 * 1024
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const TEXT = 0x1
const CLOSE = 0x8
const PING = 0x9
