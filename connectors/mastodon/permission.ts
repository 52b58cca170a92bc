// May we answer this on Mastodon: it asks no price and knows no windows, only who may see what.
import type { Answerable, Permission, PermissionQuestion } from '../connector.ts'

export function mayReply({ mention, visibility }: PermissionQuestion): Permission {
  if (visibility === 'private') {
    return mention.visibility === 'private' && mention.facts.others
      ? permission('They named others too; only they themselves will see this.')
      : permission('Only they will see it, and the people who run the two instances: it is not encrypted.')
  }
  if (mention.visibility === 'private')
    return { ...permission('They wrote to us privately: answer privately.'), allowed: false, instead: ['private'] }
  return mention.facts.visibility === 'private'
    ? permission('They wrote to their followers only; our answer goes to ours only.')
    : permission('Mastodon allows it.')
}

/** Where a person answers by hand. Our own instance shows every status it knows under its number, also one of far away. */
export function openUrl(mention: Answerable): string | null {
  const host = mention.author.externalId.split('@')[1]
  return host ? `https://${host}/@${mention.author.handle.replace(`@${host}`, '')}/${mention.externalId}` : null
}

const permission = (because: string): Permission => ({ allowed: true, because, until: null, instead: [], costUsd: null })
