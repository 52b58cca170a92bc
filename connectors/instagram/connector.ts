// Instagram: comments, mentions, tags and direct messages of a professional account behind a Facebook page, through Meta's Graph API.
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

export const instagram: Connector = {
  platform: 'instagram',
  label: 'Instagram',
  limits,
  appSecrets: [
    { name: 'appId', label: 'App ID', hint: 'App settings › Basic › App ID; the Meta app of your pages will do', required: true },
    { name: 'appSecret', label: 'App secret', hint: 'App settings › Basic › App secret', required: true },
    {
      name: 'verifyToken',
      label: 'Verify token',
      hint: 'Any long random text; paste the same one under Webhooks › Instagram › Verify token',
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
      hint: 'Of the page the account is linked to: Business settings › System users › Generate token; or sign in with Facebook instead',
      required: true,
    },
  ],
  intake: {
    webhook: {
      ...webhook,
      reach: pushReach,
      isSubscribed: isSubscribedTo(product, () => 'me'),
      shared: subscriptionOf(product, () => 'me'),
      onlyPushed: 'mentions in others’ captions and comments',
    },
    polling,
  },
  signIn,
  textKeys: ['text', 'message', 'caption', 'title', 'alt_text'],
  read,
  mayReply,
  send,
  findSent,
  stillThere,
  gestures,
  whoAmI,
  onConnected,
  pictureHosts,
  openUrl: ({ visibility, facts }) => {
    if (visibility === 'private') return 'https://www.instagram.com/direct/inbox/'
    return typeof facts.permalink === 'string' ? facts.permalink : null
  },
}
