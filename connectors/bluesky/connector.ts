// Bluesky: posts and private messages over the AT Protocol, through @atproto/api.
import type { Connector } from '../connector.ts'
import { findSent } from './find-sent.ts'
import { gestures } from './gestures.ts'
import { limits } from './limits.ts'
import { openUrl } from './links.ts'
import { pictureHosts } from './media.ts'
import { parents } from './parents.ts'
import { mayReply } from './permission.ts'
import { polling } from './poll.ts'
import { read } from './read.ts'
import { search } from './search.ts'
import { send } from './send.ts'
import { stillThere } from './still-there.ts'
import { whoAmI } from './who-am-i.ts'

export const bluesky: Connector = {
  platform: 'bluesky',
  label: 'Bluesky',
  limits,
  appSecrets: [
    {
      name: 'chatDid',
      label: 'Chat DID',
      hint: 'Which server carries direct messages; leave empty for Bluesky’s own (did:web:api.bsky.chat)',
      required: false,
    },
  ],
  accountSecrets: [
    {
      name: 'identifier',
      label: 'Handle',
      hint: 'The account’s handle without @, for example heron-air.example, or its DID',
      required: true,
    },
    {
      name: 'appPassword',
      label: 'App password',
      hint: 'Settings → Privacy and security → App passwords → Add; tick "Allow access to your direct messages" to answer those too',
      required: true,
    },
    {
      name: 'service',
      label: 'Server',
      hint: 'Only if the account lives on a server of its own: its https:// address. Leave empty for https://bsky.social',
      required: false,
    },
  ],
  intake: { polling, search, parents },
  textKeys: ['text', 'alt'],
  read,
  mayReply,
  send,
  findSent,
  stillThere,
  gestures,
  whoAmI,
  pictureHosts,
  openUrl,
}
