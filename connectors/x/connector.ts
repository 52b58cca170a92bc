// X: posts and private messages, through twitter-api-v2.
import type { Connector } from '../connector.ts'
import { gestures } from './gestures.ts'
import { limits } from './limits.ts'
import { openUrl } from './links.ts'
import { pictureHosts } from './media.ts'
import { parents } from './parents.ts'
import { mayReply } from './permission.ts'
import { polling } from './poll.ts'
import { prices } from './prices.ts'
import { read } from './read.ts'
import { replay } from './replay.ts'
import { search } from './search.ts'
import { findSent, send, stillThere } from './send.ts'
import { signIn, whoAmI } from './sign-in.ts'
import { stream } from './stream.ts'
import { isSubscribed, onConnected } from './subscribe.ts'
import { webhook } from './verify.ts'

export const x: Connector = {
  platform: 'x',
  label: 'X',
  limits,
  appSecrets: [
    {
      name: 'clientId',
      label: 'Client ID',
      hint: 'X developer console → your app → User authentication settings → OAuth 2.0 Client ID',
      required: true,
    },
    {
      name: 'clientSecret',
      label: 'Client Secret',
      hint: 'Shown once beside the Client ID; a confidential client ("Web App") has one',
      required: false,
    },
    {
      name: 'consumerSecret',
      label: 'API Key Secret',
      hint: 'Keys and tokens → Consumer Keys → API Key Secret: signs what X pushes to us',
      required: true,
    },
    {
      name: 'bearerToken',
      label: 'Bearer Token',
      hint: 'Keys and tokens → Authentication Tokens → Bearer Token: registers the webhook; without it we only poll',
      required: false,
    },
    {
      name: 'tier',
      label: 'Plan',
      hint: 'Write "enterprise" if X sold you Enterprise; leave empty otherwise. It decides whom we may answer',
      required: false,
    },
  ],
  accountSecrets: [
    {
      name: 'accessToken',
      label: 'Access Token',
      hint: 'An OAuth 2.0 user token with tweet.read, tweet.write, users.read, dm.read, dm.write; it lives two hours',
      required: true,
    },
    {
      name: 'refreshToken',
      label: 'Refresh Token',
      hint: 'Comes with the scope offline.access; without it the account must sign in again after two hours',
      required: false,
    },
  ],
  intake: { webhook: { ...webhook, isSubscribed, replay }, polling, search, stream, parents },
  signIn,
  textKeys: ['text', 'alt_text', 'ext_alt_text'],
  read,
  mayReply,
  send,
  findSent,
  stillThere,
  gestures,
  whoAmI,
  onConnected,
  pictureHosts,
  openUrl,
  prices,
}
