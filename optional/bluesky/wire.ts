// The wire between Heed and the PDS: counts bytes and calls, and cuts the answer to a call after the PDS has done it.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'

export interface Wire {
  url: string
  /** Names of the calls that went over it, in order. */
  calls: string[]
  bytes: { up: number; down: number }
  /** The next answer to a call of this name never arrives, though the PDS gave it. */
  cutAnswerTo: (nsid: string) => void
  close: () => Promise<void>
}

/** Heed opens a connection for each call, so the first line of a connection names it. */
export async function layWire(port: number): Promise<Wire> {
  const calls: string[] = []
  const bytes = { up: 0, down: 0 }
  let toCut: string | null = null
  const server = createServer(heed => {
    const pds = connect({ port, host: '127.0.0.1' })
    let nsid = ''
    let isCut = false
    const end = () => (heed.destroy(), pds.destroy())
    heed.on('data', chunk => {
      bytes.up += chunk.length
      if (!nsid) {
        nsid = /\/xrpc\/([\w.]+)/.exec(chunk.toString('latin1'))?.[1] ?? '?'
        calls.push(nsid)
        isCut = nsid === toCut
        if (isCut) toCut = null
      }
      pds.write(chunk)
    })
    pds.on('data', chunk => {
      if (isCut) return end()
      bytes.down += chunk.length
      heed.write(chunk)
    })
    heed.on('end', () => pds.end()).on('error', end)
    pds.on('end', () => heed.end())
    pds.on('error', end)
    heed.on('close', () => pds.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    bytes,
    cutAnswerTo: name => void (toCut = name),
    close: async () => void server.close(),
  }
}
