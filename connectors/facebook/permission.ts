// May we answer this on Facebook, how, and until when.
import type { Permission, PermissionQuestion } from '../connector.ts'
import { mayMessage, mayReplyPrivately, no, yes } from '../meta/permission.ts'
import { product } from './product.ts'

export function mayReply(question: PermissionQuestion): Permission {
  const { mention, visibility, privateReplySent } = question
  if (mention.facts.removed === true) return no('The customer removed it.', ['open'])
  if (visibility === 'public') return mayReplyInPublic(question)
  if (mention.visibility === 'private') return mayMessage(question, product)
  if (mention.facts.elsewhere === true && !privateReplySent)
    return no('It was written on another page: Facebook allows private messages only to comments on our own.', ['public', 'open'])
  return mayReplyPrivately(question, product)
}

function mayReplyInPublic({ mention }: PermissionQuestion): Permission {
  if (mention.visibility === 'private') return no('A Messenger message cannot be answered in public.', ['private', 'open'])
  if (mention.facts.elsewhere === true) return yes('Written on another page: Facebook may refuse our comment there.', null)
  return yes('Everyone who sees the post sees the answer.', null)
}
