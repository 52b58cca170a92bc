// The composer: how to answer, asked before anyone types; the count, the templates, and what stopped a send.
import type { LengthRule, Limits } from '../../connectors/connector.ts'
import type { ReplyPicture } from '../../db/reply-pictures.ts'
import type { TicketHead } from '../../db/ticket-page.ts'
import type { TemplateKind, Visibility } from '../../domain.ts'
import type { Approval, Problem } from '../../responders/approve.ts'
import type { ChannelAdvice } from '../../responders/channel-advice.ts'
import type { MayAnswer } from '../../responders/permission.ts'
import type { Price } from '../../responders/price.ts'
import { sign } from '../../responders/signature.ts'
import type { Suggestion } from '../../responders/suggestion.ts'
import type { SignedIn } from '../env.ts'
import { ComposerPictures } from './composer-pictures.tsx'
import { Icon } from './icon.tsx'
import { PriceLine } from './price-line.tsx'
import { Suggested } from './suggested.tsx'
import { type Beginning, GoesOn, ThreadOffer } from './thread-offer.tsx'
import { Time } from './time.tsx'

export type Way = 'public' | 'private' | 'note'
export interface Written {
  way: Way
  text: string
  pointerText: string
  role: string
  /** Chosen to be sent as so many; 0: not. */
  posts: number
}
export interface ComposerTemplate {
  id: string
  name: string
  kind: TemplateKind
  language: string
  /** Filled with what is known; what is not stays as {{…}}, the next Tab stops. */
  text: string
}
/** Why the last try did not go out. */
export type Stopped = Exclude<Approval, { ok: true }> | { ok: false; reason: 'note'; because: string }

export interface ComposerProps {
  ticket: TicketHead
  teammate: SignedIn
  permission: Record<Visibility, MayAnswer>
  limits: Limits
  label: string
  platform: string
  openUrl: string | null
  templates: ComposerTemplate[]
  suggestion: Suggestion | null
  written: Written
  isDraft: boolean
  advice: ChannelAdvice | null
  stopped: Stopped | null
  warnings: string[]
  /** What the draft has. */
  pictures: readonly ReplyPicture[]
  /** Why the last ones were not added. */
  pictureProblems: readonly string[]
  /** New for each form drawn: a double click or a retry is the same reply. */
  formKey: string
  pointerWords: string
  /** Nothing private was said yet: a private answer moves the conversation. */
  isMove: boolean
  incident: { id: string; number: number; title: string; isLinked: boolean } | null
  /** What is written goes on below parts of a thread that are out. */
  beginning: Beginning | null
  /** Null: sending costs nothing. */
  price: Price | null
  now: Date
  path: string
  query: string
}

export function Composer(props: ComposerProps) {
  const { ticket, teammate, written, path, query, limits } = props
  if (teammate.role === 'readonly')
    return <Barred>Your role is read-only: an admin can let you answer. You see everything here as the team does.</Barred>
  if (ticket.status === 'closed') return <Barred>This ticket is closed. A new mention of the customer opens a new one.</Barred>
  return (
    <form
      class="composer"
      id="composer"
      method="post"
      action={`${path}/replies${query}`}
      data-path={path}
      data-way={written.way}
      data-initials={teammate.initials}
      data-platform={props.platform}
      data-public-rule={limits.public.rule}
      data-public-limit={limits.public.limit}
      data-private-rule={limits.private.rule}
      data-private-limit={limits.private.limit}
    >
      {/* Enter on a radio presses a form's first button: this one does nothing. */}
      <button type="submit" disabled hidden></button>
      <input type="hidden" name="idempotencyKey" value={props.formKey} />
      <input type="hidden" name="revision" value={ticket.revision} />
      <input type="hidden" name="templateId" value="" />
      <input type="hidden" name="continuesId" value={props.beginning?.afterId ?? ''} />
      <StoppedPanel {...props} />
      <Ways {...props} />
      <div class="writing">
        <textarea
          name="text"
          id="composer-text"
          rows={3}
          aria-label="Your words"
          aria-describedby="composer-count composer-warnings"
          aria-invalid={hasProblem(props.stopped, 'text') ? 'true' : undefined}
          placeholder={PLACEHOLDER[written.way]}
          dir="auto"
          spellcheck={true}
        >
          {written.text}
        </textarea>
        <ThreadOffer {...props} initials={teammate.initials} isOnlyOne={props.permission.private.isOnlyOne} />
        <Pointer {...props} />
      </div>
      <ComposerPictures
        pictures={props.pictures}
        problems={props.pictureProblems}
        rules={limits.pictures}
        label={props.label}
        way={written.way}
        hasPointer={hasPointer(props)}
        isStopped={hasProblem(props.stopped, 'pictures')}
        path={path}
        query={query}
      />
      <ul class="warnings" id="composer-warnings" aria-live="polite">
        {props.warnings.map(one => (
          <li>{one}</li>
        ))}
      </ul>
      {written.text ? null : <Suggested {...props} />}
      <footer class="composer-foot">
        <PriceLine price={props.price} id="composer-price" />
        <Count rules={limits} written={written} initials={teammate.initials} />
        <Templates {...props} />
        <select name="role" aria-label="This counts as" title="What this is, for the numbers" class="role">
          {ROLES.map(([role, words]) => (
            <option value={role} selected={role === written.role}>
              {words}
            </option>
          ))}
        </select>
        <span class="grow"></span>
        {props.isDraft ? (
          <button type="submit" class="small quiet" formaction={`${path}/draft/discard${query}`} formnovalidate>
            Discard draft
          </button>
        ) : null}
        <span class="draft-state muted only-js" id="draft-state" role="status"></span>
        <span class="split">
          <button type="submit" name="then" value="auto" class="primary send" title="Ctrl+Enter">
            Send
          </button>
          <details class="menu up">
            <summary class="button primary" aria-label="Other ways to send">
              ▾
            </summary>
            <div class="menu-body">
              <button type="submit" name="then" value="pending" class="link">
                Send, then wait for them (Pending)
              </button>
              <button type="submit" name="then" value="open" class="link">
                Send, stay Open
              </button>
              <button type="submit" name="then" value="solved" class="link send-solve" title="Ctrl+Shift+Enter">
                Send and solve
              </button>
            </div>
          </details>
        </span>
      </footer>
    </form>
  )
}

const Barred = ({ children }: { children: string }) => (
  <p class="composer barred" id="composer">
    <Icon name="lock" /> {children}
  </p>
)

/** Three radios as tabs: they work without a script, and say beforehand what is not possible and why. */
function Ways({ permission, written, advice, label, openUrl, now, ticket, beginning }: ComposerProps) {
  const ways: [Way, string, MayAnswer | null, string][] = [
    ['public', 'Public', permission.public, 'r'],
    ['private', 'Private', permission.private, 'd'],
    ['note', 'Note', null, 'n'],
  ]
  return (
    <div class="ways-head">
      <fieldset class="ways">
        <legend class="visually-hidden">How</legend>
        {ways.map(([way, words, may, key]) => (
          <label title={may && !may.allowed ? may.because : `${key}`} class={may && !may.allowed ? 'barred' : undefined}>
            <input type="radio" name="way" value={way} checked={written.way === way} disabled={may ? !may.allowed : false} />
            <span>
              {way === 'private' ? <Icon name="lock" /> : way === 'note' ? <Icon name="note" /> : null}
              {words}
            </span>
          </label>
        ))}
      </fieldset>
      <div class="way-notes">
        {(['public', 'private'] as const).map(way => {
          const may = permission[way]
          if (may.allowed)
            return (
              <p class="way-note muted" data-for={way}>
                {way === 'public' ? `A public answer on ${label}.` : `A private message on ${label}.`} {may.because}
                {may.until ? (
                  <>
                    {' '}
                    Closes <Time at={may.until} now={now} />.
                  </>
                ) : null}
              </p>
            )
          return (
            <p class="way-note barred" data-for="always">
              <strong>{way === 'public' ? 'Public' : 'Private'}: not possible.</strong> {may.because}
              {may.instead.includes('open') && openUrl ? (
                <>
                  {' '}
                  <a href={openUrl} target="_blank" rel="noopener noreferrer">
                    Open on {label} ↗
                  </a>
                </>
              ) : null}
            </p>
          )
        })}
        {advice ? (
          <p class="way-note advice-line" data-for={advice.suggests === 'private' ? 'public' : 'private'}>
            Better {advice.suggests === 'private' ? 'in private' : 'in public'}: {advice.because}{' '}
            <kbd>{advice.suggests === 'private' ? 'd' : 'r'}</kbd>
          </p>
        ) : null}
        <GoesOn beginning={beginning} />
        {ticket.accountStatus === 'reconnect' ? (
          <p class="way-note barred" data-for="always">
            {ticket.accountName} must be connected again: replies wait until then.
          </p>
        ) : null}
      </div>
    </div>
  )
}

/** Where it began in public, others see that we answered. */
function Pointer(props: ComposerProps) {
  const { written, pointerWords, isMove } = props
  if (!hasPointer(props)) return null
  return (
    <details class="pointer" data-for="private" data-is-move={isMove ? '' : undefined} open={written.pointerText !== ''}>
      <summary>Also say in public that you wrote to them</summary>
      <textarea name="pointerText" rows={2} aria-label="Public pointer" data-words={pointerWords} placeholder={pointerWords}>
        {written.pointerText}
      </textarea>
    </details>
  )
}

const hasPointer = ({ ticket, permission }: ComposerProps) =>
  ticket.originVisibility === 'public' && permission.private.allowed && permission.public.allowed

function Count({ rules, written, initials }: { rules: Limits; written: Written; initials: string }) {
  const rule: LengthRule | null = written.way === 'note' ? null : rules[written.way]
  const used = rule && written.text ? rule.count(sign(written.text, initials)) : 0
  const isOver = rule ? used > rule.limit : false
  return (
    <output
      class={isOver ? 'length late' : 'length'}
      id="composer-count"
      title={rule ? `${rule.unit}, with your signature ^${initials}` : 'Notes are never sent'}
    >
      {rule ? (
        <>
          <span class="used">{used}</span>/<span class="limit">{rule.limit}</span> · ^{initials}
        </>
      ) : (
        'internal'
      )}
    </output>
  )
}

function Templates({ templates, path, query }: ComposerProps) {
  if (!templates.length)
    return (
      <a class="button small quiet" href="/templates">
        Templates
      </a>
    )
  return (
    <details class="menu up templates" id="templates">
      <summary class="button small quiet">
        Templates <kbd>/</kbd>
      </summary>
      <div class="menu-body">
        <input
          type="search"
          class="only-js"
          placeholder="Find a template"
          aria-label="Find a template"
          autocomplete="off"
          id="template-filter"
        />
        <div class="template-list">
          {templates.map(one => (
            <button
              type="submit"
              class="link"
              name="template"
              value={one.id}
              formaction={`${path}/draft${query}`}
              formnovalidate
              data-text={one.text}
              data-kind={one.kind}
            >
              <span>
                <strong>{one.name}</strong> <span class="chip">{one.kind}</span>
              </span>
              <span class="snippet">{one.text}</span>
            </button>
          ))}
        </div>
      </div>
    </details>
  )
}

function StoppedPanel({ stopped, incident, path, query, now }: ComposerProps) {
  if (!stopped) return incident ? <IncidentPanel incident={incident} path={path} query={query} /> : null
  if (stopped.reason === 'note')
    return (
      <p class="problem" role="alert">
        {stopped.because}
      </p>
    )
  if (stopped.reason === 'held')
    return <IncidentPanel incident={{ ...stopped.incident, isLinked: true }} path={path} query={query} isStopped />
  if (stopped.reason === 'blocked')
    return (
      <div class="problem" role="alert">
        <strong>Not sent.</strong> Your words are kept below.
        <ul>
          {stopped.problems.map(one => (
            <li>{problemWords(one)}</li>
          ))}
        </ul>
      </div>
    )
  return (
    <section class="stale" role="alert" aria-labelledby="stale-title">
      <h3 id="stale-title">Stopped: something was said since you began</h3>
      <div class="both">
        <div>
          <h4>Since then</h4>
          <ol>
            {stopped.since.map(one => (
              <li>
                <strong>{one.by}</strong>{' '}
                <span class="muted">
                  {HAPPENED[one.kind]}
                  {one.status === 'approved' || one.status === 'sending' ? ', on its way' : ''} <Time at={new Date(one.at)} now={now} />
                </span>
                <p class="said" dir="auto">
                  {one.text}
                </p>
              </li>
            ))}
          </ol>
        </div>
        <div>
          <h4>Your words, not sent</h4>
          <p class="said" dir="auto">
            {stopped.text}
          </p>
        </div>
      </div>
      <p class="row">
        <button type="submit" name="anyway" value="1" class="danger">
          Send anyway
        </button>
        <a class="button" href="#composer-text" data-focus="composer-text">
          Edit
        </a>
        <button type="submit" formaction={`${path}/draft/discard${query}`} class="quiet" formnovalidate>
          Discard
        </button>
      </p>
    </section>
  )
}

function IncidentPanel({
  incident,
  path,
  query,
  isStopped = false,
}: {
  incident: NonNullable<ComposerProps['incident']>
  path: string
  query: string
  isStopped?: boolean
}) {
  return (
    <section class="advice incident-panel" aria-label="Incident" role={isStopped ? 'alert' : undefined}>
      {isStopped ? (
        <p>
          <strong>Not sent.</strong> Your words are kept below; to send them, choose why this one is answered alone.
        </p>
      ) : null}
      <p>
        <strong>
          INC-{incident.number} {incident.title}
        </strong>{' '}
        is active. One public update reaches everyone.
      </p>
      <div class="row">
        {incident.isLinked ? (
          <span class="chip">linked and held</span>
        ) : (
          <button
            type="submit"
            class="primary small"
            formaction={`${path}/incident${query}`}
            name="incidentId"
            value={incident.id}
            formnovalidate
          >
            Hold & link
          </button>
        )}
        <label class="inline">
          or answer alone, because
          <select name="individuallyBecause">
            <option value="">choose a reason</option>
            {['account-specific', 'safety', 'vulnerable customer', 'press', 'private conversation under way'].map(one => (
              <option value={one}>{one}</option>
            ))}
          </select>
        </label>
      </div>
    </section>
  )
}

const problemWords = (problem: Problem) => (problem.field === 'pointerText' ? `Public pointer: ${problem.because}` : problem.because)
const hasProblem = (stopped: Stopped | null, field: Problem['field']) =>
  stopped?.reason === 'blocked' && stopped.problems.some(one => one.field === field)

const HAPPENED = {
  mention: 'wrote',
  reply: 'answered',
  native_answer: 'answered in the platform’s own app',
  change: 'changed the ticket',
} as const
const PLACEHOLDER: Record<Way, string> = {
  public: 'Everybody will see this',
  private: 'Only they will see this',
  note: 'Only the team will see this',
}
const ROLES = [
  ['answer', 'Answer'],
  ['handoff', 'Handoff'],
  ['ack', 'Acknowledgement'],
  ['closing', 'Closing thanks'],
  ['followup', 'Follow-up'],
] as const
