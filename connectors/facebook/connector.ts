// Facebook Pages: comments, visitor posts, mentions and Messenger, through Meta's Graph API.
import type { Connector } from '../connector.ts'
import { isSubscribedTo, pushReach, subscriptionOf } from '../meta/is-subscribed.ts'
import { pictureHosts } from '../meta/media.ts'
import { webhook } from '../meta/verify.ts'
import { findSent, stillThere } from './find-sent.ts'
import { gestures } from './gestures.ts'
import { limits } from './limits.ts'
import { mayReply } from './permission.ts'
import { polling } from './poll.ts'
import { product } from './product.ts'
import { read } from './read.ts'
import { send } from './send.ts'
import { onConnected, signIn, whoAmI } from './sign-in.ts'

export const facebook: Connector = {
  platform: 'facebook',
  label: 'Facebook',
  limits,
  appSecrets: [
    { name: 'appId', label: 'App ID', hint: 'App settings › Basic › App ID', required: true },
    { name: 'appSecret', label: 'App secret', hint: 'App settings › Basic › App secret', required: true },
    {
      name: 'verifyToken',
      label: 'Verify token',
      hint: 'Any long random text; paste the same one under Webhooks › Page › Verify token',
      required: true,
    },
    {
      name: 'humanAgent',
      label: 'Human Agent feature',
      hint: 'Write yes once App Review granted “Human Agent”: people may then answer up to 7 days',
      required: false,
    },
  ],
  accountSecrets: [
    {
      name: 'pageToken',
      label: 'Page access token',
      hint: 'Business settings › System users › Generate token, with the page assigned; or sign in with Facebook instead',
      required: true,
    },
  ],
  intake: {
    webhook: {
      ...webhook,
      reach: pushReach,
      isSubscribed: isSubscribedTo(product, line => line.account.externalId, 'feed'),
      shared: subscriptionOf(product, line => line.account.externalId),
    },
    polling,
  },
  signIn,
  textKeys: ['message', 'text', 'title'],
  read,
  mayReply,
  send,
  findSent,
  stillThere,
  gestures,
  whoAmI,
  onConnected,
  pictureHosts,
  openUrl: ({ visibility, externalId, facts }) => {
    if (visibility === 'private')
      return `https://business.facebook.com/latest/inbox/messenger?asset_id=${encodeURIComponent(String(facts.page ?? ''))}`
    return typeof facts.permalink === 'string' ? facts.permalink : `https://www.facebook.com/${encodeURIComponent(externalId)}`
  },
}
