// The simulator that may stand for a platform: on this machine alone, since tokens go there.
import { Agent } from 'node:https'
import { connect } from 'node:net'

/** Throws for anything but `http://127.0.0.1:port`, by whatever name of loopback. */
export function loopbackUrl(apiBase: string): URL {
  const url = URL.canParse(apiBase) ? new URL(apiBase) : null
  const host = url && hostOf(url)
  const isLoopback = host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host ?? '')
  if (url?.protocol !== 'http:' || !isLoopback || url.pathname !== '/')
    throw new Error(`${apiBase} is not a simulator on loopback (http://127.0.0.1:port): a platform's tokens go nowhere else.`)
  return url
}

/** Everything still names the platform, but the wire goes in plain HTTP to the simulator. */
export class LoopbackAgent extends Agent {
  constructor(private readonly simulator: URL) {
    super({ keepAlive: false })
  }
  override createConnection() {
    return connect({ host: hostOf(this.simulator), port: Number(this.simulator.port || 80) })
  }
}

const hostOf = ({ hostname }: URL) => hostname.replace(/^\[|\]$/g, '')
