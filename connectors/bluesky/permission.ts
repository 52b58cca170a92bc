// May we answer this on Bluesky: anybody in public; in private only with the right kind of app password.
import type { Permission, PermissionQuestion } from '../connector.ts'

export const NO_DMS =
  'This account’s app password was made without "Allow access to your direct messages". An admin can make a new one on Bluesky and paste it.'

/** https://docs.bsky.app/docs/api/chat-bsky-convo-send-message, checked 2026-11-21. */
export function mayReply({ mention, visibility, account }: PermissionQuestion): Permission {
  if (visibility === 'public')
    return mention.visibility === 'private'
      ? refusal('They wrote to us privately: answer privately.', ['private', 'open'])
      : allowance('Bluesky lets anybody answer in public.')
  if (account.capabilities.dms !== true) return refusal(NO_DMS, mention.visibility === 'private' ? ['open'] : ['public', 'open'])
  if (mention.facts.group === true) return refusal('It was said in a group: answer it on Bluesky.', ['open'])
  return mention.visibility === 'private'
    ? allowance('They wrote to us privately.')
    : allowance('Bluesky may refuse: by default people take direct messages only from those they follow.')
}

const allowance = (because: string): Permission => ({ allowed: true, because, until: null, instead: [], costUsd: null })
const refusal = (because: string, instead: Permission['instead']): Permission => ({
  allowed: false,
  because,
  until: null,
  instead,
  costUsd: null,
})
