// Sending on Instagram Direct: who may be written to, within which window, once per comment, in how many bytes.
import { Hono } from 'hono'
import { type GraphEnv, nested } from '../access.ts'
import { self, speaksFor } from '../answers.ts'
import { badParameter, graphError, noSuchObject, notPermitted, outsideWindow, unavailable } from '../errors.ts'
import type { Person } from '../state.ts'
import { contentOf } from '../uploads.ts'
import type { GraphWorld } from '../world.ts'
import { knowAs, writeDirect } from './happenings.ts'
import { accountBehind } from './render.ts'
import type { InstagramAccount } from './state.ts'

const day = 24 * 3_600_000
const closed = 2534022

export function directMessageRoutes(world: GraphWorld): Hono<GraphEnv> {
  const { instagram, people, notes } = world.state
  const routes = new Hono<GraphEnv>()

  routes.post('/:id/messages', (c, next) => {
    const pageId = self(c, c.req.param('id'))
    const account = accountBehind(world, pageId) ?? instagram.accounts.get(pageId)
    const params = c.get('params')
    const recipient = nested(params.recipient)
    const comment = instagram.comments.get(String(recipient.comment_id ?? ''))
    const personId = comment ? comment.authorId : instagram.personOfIgsid.get(String(recipient.id ?? ''))
    if (!account || personId === undefined) return next()
    if (!speaksFor(c, account.pageId, 'instagram_manage_messages'))
      return notPermitted('Requires instagram_manage_messages permission to manage the object')
    const content = contentOf(world, nested(params.message), 'direct', account.pageId)
    if (content instanceof Response) return content
    const { text, uploads } = content
    if (Buffer.byteLength(text) > 1000) return badParameter('Length of param message[text] must be less than or equal to 1000 bytes')
    const person = people.get(personId)
    if (!person) return noSuchObject(String(recipient.comment_id ?? recipient.id), 'post')
    const problem = comment ? privateReplyProblem(account, comment.id) : windowProblem(account, person, params)
    if (problem) return problem
    if (notes.get(`unavailable ${person.id}`) === 'yes') return unavailable()
    const sent = writeDirect(world, { account, person, fromAccount: true, text, uploads, answersComment: comment?.id })
    return c.json({ recipient_id: knowAs(world, account.id, person.id), message_id: sent.id })
  })
  return routes

  function privateReplyProblem(account: InstagramAccount, commentId: string): Response | null {
    const comment = instagram.comments.get(commentId)
    if (!comment || instagram.media.get(comment.mediaId)?.ownerId !== account.id) return noSuchObject(commentId, 'post')
    if (instagram.answeredPrivately.has(commentId)) return graphError({ code: 10900, message: '(#10900) Activity already replied to' })
    return world.clock.now() - comment.at > 7 * day ? outsideWindow(closed) : null
  }

  function windowProblem(account: InstagramAccount, person: Person, params: Record<string, string>): Response | null {
    const theirs = [...instagram.messages.values()].filter(
      message => message.accountId === account.id && message.personId === person.id && !message.fromAccount,
    )
    const age = world.clock.now() - Math.max(Number.NEGATIVE_INFINITY, ...theirs.map(message => message.at))
    const { messaging_type: type = 'RESPONSE', tag } = params
    if (type !== 'MESSAGE_TAG') return age > day ? outsideWindow(closed) : null
    if (tag !== 'HUMAN_AGENT') return badParameter('Invalid message tag')
    if (notes.get(`no human agent ${account.pageId}`) === 'yes')
      return graphError({ code: 10, message: '(#10) Application does not have permission for this action', status: 403 })
    return age > 7 * day ? outsideWindow(closed) : null
  }
}
