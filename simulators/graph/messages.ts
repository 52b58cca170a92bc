// Messenger's sending: who may be written to, within which window, once per comment.
import { Hono } from 'hono'
import { type GraphContext, type GraphEnv, nested } from './access.ts'
import { badParameter, graphError, noSuchObject, notPermitted, outsideWindow, unavailable } from './errors.ts'
import { itemOf, knowPerson, writeMessage } from './happenings.ts'
import { privateReplyProblem } from './render.ts'
import { type GraphPage, type Person, pageOf } from './state.ts'
import { contentOf } from './uploads.ts'
import type { GraphWorld } from './world.ts'

const day = 24 * 3_600_000

export function messageRoutes(world: GraphWorld): Hono<GraphEnv> {
  const { state } = world
  const routes = new Hono<GraphEnv>()

  routes.post('/:id/messages', c => {
    const { token } = c.get('caller')
    const asked = c.req.param('id')
    const page = state.pages.get(asked === 'me' ? (token?.pageId ?? '') : asked)
    if (!page) return noSuchObject(asked, 'post')
    if (token?.pageId !== page.id) return graphError({ code: 190, message: 'This method must be called with a Page Access Token' })
    if (!token.scopes.includes('pages_messaging')) return notPermitted('Requires pages_messaging permission to manage the object')
    const params = c.get('params')
    const recipient = nested(params.recipient)
    const message = nested(params.message)
    const content = contentOf(world, message, 'messenger', page.id)
    if (content instanceof Response) return content
    const { text, uploads } = content
    if (text.length > 2000) return badParameter('Length of param message[text] must be less than or equal to 2000')
    const metadata = typeof message.metadata === 'string' ? message.metadata : undefined
    if ((metadata?.length ?? 0) > 1000) return badParameter('Length of param message[metadata] must be less than or equal to 1000')
    const send = (person: Person, answersComment?: string) => {
      const sent = writeMessage(world, {
        page,
        person,
        fromPage: true,
        text,
        uploads,
        appId: token.appId,
        metadata,
        answersComment,
      })
      return c.json({ recipient_id: knowPerson(world, page.id, person), message_id: sent.id })
    }
    const objectId = recipient.comment_id ?? recipient.post_id
    if (objectId !== undefined) return privateReply(c, page, String(objectId), send)
    const person = state.people.get(state.personOfPsid.get(String(recipient.id ?? '')) ?? '')
    if (!person || !state.psids.has(`${page.id} ${person.id}`))
      return graphError({ code: 100, subcode: 2018001, message: '(#100) No matching user found' })
    if (isUnavailable(person)) return unavailable()
    const problem = windowProblem(page, person, params)
    return problem ?? send(person)
  })
  return routes

  /** One message a comment, within 7 days; it opens no window. */
  function privateReply(
    _c: GraphContext,
    page: GraphPage,
    objectId: string,
    send: (person: Person, answersComment: string) => Response,
  ): Response {
    const item = itemOf(world, objectId)
    const person = item && state.people.get(item.authorId)
    if (!item || !person || pageOf(state, item)?.id !== page.id) return noSuchObject(objectId, 'post')
    const problem = privateReplyProblem(world, item)
    if (problem === 'answered') return graphError({ code: 10900, message: '(#10900) Activity already replied to' })
    if (problem === 'too old') return outsideWindow()
    if (isUnavailable(person)) return unavailable()
    return send(person, item.id)
  }

  function windowProblem(page: GraphPage, person: Person, params: Record<string, string>): Response | null {
    const type = params.messaging_type ?? 'RESPONSE'
    const ids = state.conversations.get(knowPerson(world, page.id, person)) ?? []
    const last = ids.flatMap(id => state.messages.get(id) ?? []).findLast(message => !message.fromPage)
    const age = last ? world.clock.now() - last.at : Number.POSITIVE_INFINITY
    if (type === 'MESSAGE_TAG') {
      if (params.tag !== 'HUMAN_AGENT') return badParameter('Invalid message tag')
      if (state.notes.get(`no human agent ${page.id}`) === 'yes')
        return graphError({
          code: 10,
          message: '(#10) Application does not have permission for this action',
          status: 403,
        })
      return age > 7 * day ? outsideWindow() : null
    }
    if (type !== 'RESPONSE' && type !== 'UPDATE') return badParameter('Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG}')
    return age > day ? outsideWindow() : null
  }

  function isUnavailable(person: Person): boolean {
    return state.notes.get(`unavailable ${person.id}`) === 'yes'
  }
}
