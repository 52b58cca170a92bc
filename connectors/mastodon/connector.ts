// Mastodon: public and direct posts on any instance, through masto.
import type { Connector } from '../connector.ts'
import { gestures } from './gestures.ts'
import { limits } from './limits.ts'
import { pictureHosts } from './media.ts'
import { parents } from './parents.ts'
import { mayReply, openUrl } from './permission.ts'
import { polling } from './poll.ts'
import { read } from './read.ts'
import { search } from './search.ts'
import { findSent, send, stillThere } from './send.ts'
import { signIn, whoAmI } from './sign-in.ts'
import { ownStream } from './stream.ts'

const INSTANCE = {
  name: 'instance',
  label: 'Instance',
  hint: 'The address of the Mastodon server your account lives on, such as https://social.example',
}

export const mastodon: Connector = {
  platform: 'mastodon',
  label: 'Mastodon',
  limits,
  appSecrets: [
    { ...INSTANCE, required: false },
    {
      name: 'clientId',
      label: 'Client key',
      hint: 'Preferences → Development → your application → Client key; only for signing in, not with a pasted token',
      required: false,
    },
    {
      name: 'clientSecret',
      label: 'Client secret',
      hint: 'Preferences → Development → your application → Client secret',
      required: false,
    },
  ],
  accountSecrets: [
    { ...INSTANCE, required: true },
    {
      name: 'accessToken',
      label: 'Access token',
      hint: 'Preferences → Development → your application → Your access token; it lives until you revoke it',
      required: true,
    },
  ],
  intake: { polling, search, ownStream, parents },
  signIn,
  textKeys: ['content', 'spoilerText', 'description'],
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
