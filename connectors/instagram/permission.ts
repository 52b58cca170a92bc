// May we answer this on Instagram, how, and until when.
// Public rules: developers.facebook.com/docs/instagram-platform/…/ig-comment/replies and …/ig-user/mentions (checked 2026-11-22).
import type { Permission, PermissionQuestion } from '../connector.ts'
import { mayMessage, mayReplyPrivately, no, yes } from '../meta/permission.ts'
import { product } from './product.ts'

export function mayReply(question: PermissionQuestion): Permission {
  const { mention, visibility, privateReplySent } = question
  if (mention.facts.removed === true) return no('The customer removed it.', ['open'])
  if (visibility === 'public') return mayReplyInPublic(question)
  if (mention.visibility === 'private') return mayMessage(question, product)
  if (mention.facts.elsewhere === true && !privateReplySent)
    return no('It stands on another account: Instagram allows private messages only to comments on our own.', ['public', 'open'])
  return mayReplyPrivately(question, product)
}

function mayReplyInPublic({ mention }: PermissionQuestion): Permission {
  if (mention.visibility === 'private') return no('A direct message cannot be answered in public.', ['private', 'open'])
  if (mention.facts.live === true) return no('Instagram lets nobody answer a comment on a live video by app.', ['private', 'open'])
  if (mention.facts.elsewhere !== true) return yes('Everyone who sees the post sees the answer.', null)
  if (mention.facts.mentioned === true) return yes('Everyone who sees their post sees the answer.', null)
  return no('We are tagged in the picture, and not mentioned: Instagram lets only the app itself answer.', ['open'])
}
