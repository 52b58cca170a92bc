// Keeps every server of this process on 127.0.0.1: the network's own ones would listen on all interfaces.
import { Server } from 'node:net'

const listen = Server.prototype.listen as (this: Server, ...given: unknown[]) => Server
Server.prototype.listen = function (this: Server, ...given: unknown[]) {
  if (typeof given[0] === 'number' && typeof given[1] !== 'string') given.splice(1, 0, '127.0.0.1')
  return listen.apply(this, given)
}
