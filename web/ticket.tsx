// One ticket: who wrote, why it is here, what was said, and the composer.
import type { Context } from 'hono'
import { Hono } from 'hono'
import { v7 as newId } from 'uuid'
import { findSaid } from '../db/corrections.ts'
import { listParentsAbove } from '../db/parents.ts'
import { listPresent, PRESENT_MS } from '../db/presence.ts'
import { findDraft } from '../db/replies.ts'
import { listReplyPictures, listThreadPictures } from '../db/reply-pictures.ts'
import { listTeammates, type TeammateRow } from '../db/teammates.ts'
import { listTemplates, type TemplateRow } from '../db/templates.ts'
import { listAnswerable } from '../db/thread.ts'
import {
  findTicketHead,
  listEarlierTickets,
  listThreadEvents,
  listThreadMentions,
  listThreadNotes,
  listThreadReplies,
  type TicketHead,
} from '../db/ticket-page.ts'
import { activeIncidents, incidentFor } from '../incidents/incident.ts'
import { checkText } from '../responders/approve.ts'
import { adviseChannel } from '../responders/channel-advice.ts'
import { listGestures } from '../responders/gestures.ts'
import { pointerWords } from '../responders/handoff.ts'
import { asAnswerable, mayAnswer } from '../responders/permission.ts'
import { fillTemplate } from '../responders/placeholders.ts'
import { priceAnswer } from '../responders/price.ts'
import { suggestAnswer } from '../responders/suggestion.ts'
import { pickVariants } from '../responders/templates.ts'
import { findBeginningOut } from '../responders/thread.ts'
import { findOpenCorrection } from '../triage/corrections.ts'
import type { SignedIn, WebEnv } from './env.ts'
import { Composer, type ComposerTemplate, type Stopped, type Written } from './parts/composer.tsx'
import { CustomerPane } from './parts/customer-pane.tsx'
import { outward } from './parts/outward.ts'
import { placeQuery } from './parts/place.ts'
import { refused } from './parts/refused.tsx'
import { Thread } from './parts/thread.tsx'
import { TicketHeader } from './parts/ticket-header.tsx'
import { Why } from './parts/why.tsx'
import { loadSurroundings, Workspace } from './parts/workspace.tsx'

export function ticketPages() {
  const pages = new Hono<WebEnv>()
  pages.get('/tickets/:number', c => drawTicket(c, { status: 200 }))
  return pages
}

export interface Drawn {
  status: 200 | 409 | 422
  /** What was in the form that was stopped; else the draft is shown. */
  written?: Written
  stopped?: Stopped
  /** Why the last pictures were not added. */
  pictureProblems?: string[]
}

export async function drawTicket(c: Context<WebEnv>, drawn: Drawn) {
  const desk = c.get('desk')
  const teammate = c.get('teammate')
  const number = numberOf(c)
  const ticket = number === undefined ? undefined : await findTicketHead(desk.db, number)
  if (!ticket)
    return refused(
      c,
      404,
      'No such ticket',
      `There is no ticket #${c.req.param('number')}. Tickets are never deleted, so the number must be mistyped.`,
    )
  const now = desk.now()
  const { db } = desk
  const [
    around,
    mentions,
    replies,
    notes,
    events,
    earlier,
    present,
    permission,
    draft,
    templates,
    teammates,
    incidents,
    ownIncident,
    above,
    gestures,
    shownPictures,
  ] = await Promise.all([
    loadSurroundings(c, ticket.number),
    listThreadMentions(db, ticket.id),
    listThreadReplies(db, ticket.id),
    listThreadNotes(db, ticket.id),
    listThreadEvents(db, ticket.id),
    listEarlierTickets(db, ticket.customerId, ticket.id),
    listPresent(db, [ticket.id], new Date(now.getTime() - PRESENT_MS)),
    mayAnswer(desk, ticket),
    findDraft(db, ticket.id, teammate.id),
    listTemplates(db),
    listTeammates(db),
    activeIncidents(desk),
    incidentFor(desk, ticket),
    listParentsAbove(db, ticket.id),
    listGestures(desk, ticket),
    listThreadPictures(db, ticket.id),
  ])
  const connector = desk.connectorFor(ticket.platform)
  const out = outward(c, connector.label, ticket.isDemo)
  const place = around.place
  const path = `/tickets/${ticket.number}`
  const query = placeQuery(place)
  const theirs = mentions.filter(mention => mention.direction === 'inbound')
  const judged =
    theirs.findLast(mention => mention.verdict && mention.verdict.tier !== 'noise') ?? theirs.findLast(mention => mention.verdict)
  const language = theirs.findLast(mention => mention.language)?.language ?? null
  const written = drawn.written ?? writtenOf(draft, ticket, permission)
  const beginning = await findBeginningOut(db, ticket.id, draft?.continuesId)
  const partsOut = beginning?.after.visibility === written.way ? beginning.out : 0
  const checked =
    written.text && written.way !== 'note' ? await checkText(desk, ticket, teammate, written.text, written.way, partsOut) : null
  const price =
    written.way === 'note'
      ? null
      : await priceAnswer(desk, ticket, { ...written, visibility: written.way, initials: teammate.initials, permission, out: partsOut })
  const newest = (await listAnswerable(db, ticket.id, 1))[0]
  const newSince = drawn.stopped?.reason === 'stale' ? new Set(drawn.stopped.since.map(one => one.id)) : undefined
  const lastAnswer = replies.findLast(reply => reply.visibility === 'public' && reply.status === 'sent')
  const suggestion =
    teammate.role === 'readonly' || written.text || ticket.status === 'closed'
      ? null
      : await suggestAnswer(db, templates, { category: ticket.category, platform: ticket.platform, language, text: judged?.text ?? '' })
  const raising = theirs.find(mention => mention.id === ticket.priorityMentionId && mention.id !== judged?.id)
  const said = judged ? await findSaid(db, judged.id) : {}
  const similar = judged?.verdict && judged.verdict.category !== ticket.category ? await findOpenCorrection(desk, judged.id) : null
  const advice = adviseChannel({
    draft: written.text,
    category: ticket.category,
    inbound: theirs.filter(one => !one.removedAt).map(one => one.text),
    ourPublicAnswers: replies.filter(reply => reply.visibility === 'public' && reply.status === 'sent' && !reply.continuesId).length,
    wroteAgain: lastAnswer !== undefined && theirs.some(one => one.postedAt > (lastAnswer.sentAt ?? lastAnswer.createdAt)),
    mayPublic: permission.public.allowed,
    mayPrivate: permission.private.allowed,
  })
  return c.html(
    <Workspace
      c={c}
      title={`#${ticket.number} ${ticket.name || ticket.handle}`}
      around={around}
      open={ticket.number}
      ticket={
        <>
          <TicketHeader
            ticket={ticket}
            place={place}
            now={now}
            teammate={teammate}
            teammates={teammates.filter(answers)}
            incidents={incidents}
            label={connector.label}
            present={present.filter(one => one.teammateId !== teammate.id)}
            isAnswered={replies.some(one => one.status === 'sent') || mentions.some(one => one.direction === 'outbound')}
            path={path}
            query={query}
          />
          <div class="reading" id="reading" tabindex={-1}>
            {judged?.verdict ? (
              <Why
                verdict={judged.verdict}
                earlier={ticket.priority === 'normal' ? null : (raising?.verdict ?? null)}
                isCorrected={events.some(one => one.kind === 'category_changed' && one.by)}
                ticket={ticket}
                path={path}
                query={query}
                mayAct={teammate.role !== 'readonly'}
                similar={similar}
                said={said}
              />
            ) : null}
            <Thread
              parts={{ mentions, replies, pictures: shownPictures, notes, events, above }}
              now={now}
              teammate={teammate}
              label={connector.label}
              path={path}
              query={query}
              newSince={newSince}
              gestures={gestures}
              out={out}
            />
          </div>
          <Composer
            ticket={ticket}
            teammate={teammate}
            permission={permission}
            limits={connector.limits}
            label={connector.label}
            platform={ticket.platform}
            openUrl={newest ? out(connector.openUrl(asAnswerable(newest))) : null}
            templates={fitting(templates, ticket, language, teammate)}
            suggestion={suggestion}
            written={written}
            isDraft={!!draft}
            pictures={draft ? await listReplyPictures(db, [draft.id]) : []}
            pictureProblems={drawn.pictureProblems ?? []}
            beginning={beginning && { afterId: beginning.after.id, out: beginning.out, visibility: beginning.after.visibility }}
            price={price}
            advice={advice}
            stopped={drawn.stopped ?? null}
            warnings={[...(drawn.stopped ? [] : (checked?.problems ?? [])), ...(checked?.warnings ?? [])].map(one => one.because)}
            formKey={newId()}
            isMove={!replies.some(one => one.visibility === 'private') && !mentions.some(one => one.visibility === 'private')}
            pointerWords={pointerWords(ticket, connector.label, permission.private.allowed)}
            incident={
              ownIncident && {
                id: ownIncident.incident.id,
                number: ownIncident.incident.number,
                title: ownIncident.incident.title,
                isLinked: ownIncident.isLinked,
              }
            }
            now={now}
            path={path}
            query={query}
          />
        </>
      }
      customer={
        <CustomerPane
          ticket={ticket}
          earlier={earlier}
          language={language}
          place={place}
          now={now}
          label={connector.label}
          mayAct={teammate.role !== 'readonly'}
        />
      }
    />,
    drawn.status,
  )
}

export function numberOf(c: Context): number | undefined {
  const number = Number(c.req.param('number'))
  return Number.isSafeInteger(number) && number > 0 ? number : undefined
}

/** The draft; else an empty form on the way that is open: where they wrote last, if we may answer there. */
function writtenOf(
  draft: { text: string; visibility: 'public' | 'private'; role: string } | undefined,
  ticket: TicketHead,
  permission: Awaited<ReturnType<typeof mayAnswer>>,
): Written {
  const wanted = draft?.visibility ?? permission.public.mention?.visibility ?? ticket.originVisibility
  const way = permission[wanted].allowed ? wanted : permission.public.allowed ? 'public' : permission.private.allowed ? 'private' : 'note'
  return { way, text: draft?.text ?? '', pointerText: '', role: draft?.role ?? 'answer', posts: 0 }
}

/** The variants for this platform and the customer's language, filled with what is known of them. */
export function fitting(templates: TemplateRow[], ticket: TicketHead, language: string | null, teammate: SignedIn): ComposerTemplate[] {
  const kinds = ['answer', 'handoff', 'closing', 'followup', 'ack']
  return pickVariants(templates, ticket.platform, language)
    .filter(one => kinds.includes(one.kind))
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind))
    .map(one => ({
      id: one.id,
      name: one.name,
      kind: one.kind,
      language: one.language,
      text: fillTemplate(one.text, { customer: ticket, agent: teammate, ticket }).text,
    }))
}

const answers = (teammate: TeammateRow) => teammate.isActive && teammate.role !== 'readonly'
