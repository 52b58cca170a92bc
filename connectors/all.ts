// The platforms we speak, one line each.
import type { Platform } from '../domain.ts'
import { bluesky } from './bluesky/connector.ts'
import type { Connector } from './connector.ts'
import { facebook } from './facebook/connector.ts'
import { instagram } from './instagram/connector.ts'
import { mastodon } from './mastodon/connector.ts'
import { x } from './x/connector.ts'

export const connectors: readonly Connector[] = [x, facebook, instagram, mastodon, bluesky]

export function connectorFor(platform: Platform): Connector {
  const connector = connectors.find(candidate => candidate.platform === platform)
  if (!connector) throw new Error(`No connector speaks ${platform}; we speak ${connectors.map(one => one.platform).join(', ')}.`)
  return connector
}
