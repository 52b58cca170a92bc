// Sessions on the simulated Bluesky: made by app password, renewed by a refresh token that is good for one use.

import { tokenOf } from './ids.ts'
import { XrpcProblem } from './problems.ts'
import type { BlueskyToken, BlueskyWorld } from './state.ts'
import type { Method } from './xrpc.ts'

export const sessionMethods: Record<string, Method> = {
  'com.atproto.server.createSession': ({ world, input }) => {
    const { state } = world
    const identifier = String(input.identifier).toLowerCase()
    const user = state.users.get(identifier) ?? state.byHandle.get(identifier)
    const password = state.passwords.get(String(input.password))
    if (!user || password?.did !== user.did) throw new XrpcProblem(401, 'AuthenticationRequired', 'Invalid identifier or password')
    if (state.takenDown.has(user.did)) throw new XrpcProblem(401, 'AccountTakedown', 'Account has been taken down')
    return openSession(world, user.did, password.isPrivileged ? 'com.atproto.appPassPrivileged' : 'com.atproto.appPass')
  },

  'com.atproto.server.refreshSession': ({ world, token = '' }) => {
    const known = world.state.tokens.get(token)
    if (known?.kind !== 'refresh' || known.expiresAt <= world.clock.now())
      throw new XrpcProblem(400, 'ExpiredToken', 'Token has been revoked')
    if (world.state.takenDown.has(known.did)) throw new XrpcProblem(401, 'AccountTakedown', 'Account has been taken down')
    world.record({ type: 'token-dead', token })
    return openSession(world, known.did, known.scope)
  },

  'com.atproto.server.getSession': ({ caller }) => {
    const { did, handle } = caller().user
    return { did, handle, active: true }
  },
}

export function openSession(world: BlueskyWorld, did: string, scope: string) {
  const make = (kind: BlueskyToken['kind'], livesMs: number): string => {
    const expiresAt = world.clock.now() + livesMs
    const claims = { scope: kind === 'access' ? scope : 'com.atproto.refresh', sub: did, exp: Math.floor(expiresAt / 1000) }
    const token = tokenOf(claims)
    world.record({ type: 'token', token: { token, did, kind, scope, expiresAt } })
    return token
  }
  const { handle } = world.state.users.get(did)!
  return { did, handle, accessJwt: make('access', 2 * 3_600_000), refreshJwt: make('refresh', 60 * 24 * 3_600_000), active: true }
}
