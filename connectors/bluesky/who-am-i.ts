// Checks a sign-in and says whose it is, and whether it opens direct messages.
import type { Connector } from '../connector.ts'
import { callBluesky, freshSecrets } from './call.ts'
import { mayUseChat } from './session.ts'

export const whoAmI: Connector['whoAmI'] = async line => {
  const secrets = await freshSecrets(line)
  const { data: session } = await callBluesky({ ...line, secrets }, 'read', agent => agent.com.atproto.server.getSession())
  const { data: profile } = await callBluesky({ ...line, secrets }, 'read', agent =>
    agent.app.bsky.actor.getProfile({ actor: session.did }),
  )
  return {
    externalId: session.did,
    handle: session.handle,
    name: profile.displayName?.trim() || session.handle,
    capabilities: { dms: mayUseChat(secrets) },
  }
}
