// The form of a status update: one text for the status page, one rendition per account beside it, each counted by its platform's rule.
import type { Context } from 'hono'
import type { IncidentRow } from '../../db/incidents.ts'
import { runningSteps, stepWords } from '../../incidents/incident.ts'
import type { UpdatePrice } from '../../incidents/update-price.ts'
import { finishText, type Proposal, type Rendition, type UpdateKind, wallTime } from '../../incidents/wording.ts'
import type { WebEnv } from '../env.ts'
import { Page } from './page.tsx'
import { PlatformIcon } from './platform.tsx'
import { StatusThread } from './status-thread.tsx'

export interface UpdateFormProps {
  c: Context<WebEnv>
  incident: IncidentRow
  kind: UpdateKind
  proposal: Proposal
  updateId: string
  chosen: readonly string[]
  /** Accounts where the rep chose to post a thread. */
  threads: readonly string[]
  price: UpdatePrice
  zone: string
  now: Date
  to: (typeof runningSteps)[number]
  /** 0: when something changes. */
  nextMinutes: number
  /** Why a reason must be given before it may go out. */
  needsReason: string | null
  overrideBecause: string | undefined
  fault: { because: string; where: string } | null
}

const TITLES: Record<UpdateKind, string> = { holding: 'Holding statement', update: 'Status update', allclear: 'All-clear' }

export function UpdateForm(props: UpdateFormProps) {
  const { c, incident, kind, proposal, fault } = props
  const path = `/incidents/${incident.number}`
  const at = (minutes: number) => (minutes ? new Date(props.now.getTime() + minutes * 60_000) : null)
  const next = kind === 'allclear' ? null : at(props.nextMinutes)
  const finished = (text: string) => finishText(text, next, props.zone)
  return (
    <Page c={c} title={`${TITLES[kind]} · INC-${incident.number}`} section="incidents" styles={['incidents']} scripts={['incidents']}>
      <header class="page-head">
        <div>
          <p>
            <a href={path}>
              INC-{incident.number} {incident.title}
            </a>
          </p>
          <h1>{TITLES[kind]}</h1>
          <p class="muted">
            Posted once per platform.{' '}
            {kind === 'allclear' ? (
              'It resolves the incident; the linked tickets are reviewed next.'
            ) : (
              <>
                Write <code>{'{{next}}'}</code> where the time of the next update belongs.
              </>
            )}
          </p>
        </div>
      </header>
      {fault ? (
        <p class="problem" role="alert">
          Nothing was published. {fault.because}
        </p>
      ) : null}
      <form
        method="post"
        action={`${path}/updates`}
        class="stack"
        data-update-form
        data-zone={props.zone}
        data-price-path={`${path}/updates/price`}
      >
        <input type="hidden" name="updateId" value={props.updateId} />
        <input type="hidden" name="kind" value={kind} />
        {kind === 'allclear' ? null : (
          <div class="card row settings">
            <fieldset class="bare row" aria-label="State from now on">
              {runningSteps.map(step => (
                <label class="check">
                  <input type="radio" name="to" value={step} checked={step === props.to} />
                  {stepWords[step]}
                </label>
              ))}
            </fieldset>
            <label class="inline">
              Next update
              <select name="nextMinutes">
                {[...new Set([15, 30, 45, 60, 90, 120, props.nextMinutes])]
                  .filter(Boolean)
                  .sort((a, b) => a - b)
                  .map(minutes => (
                    <option value={minutes} selected={minutes === props.nextMinutes} data-next={wallTime(props.zone, at(minutes)!)}>
                      in {minutes} min, by {wallTime(props.zone, at(minutes)!)}
                    </option>
                  ))}
                <option value="0" selected={!props.nextMinutes} data-next="">
                  when something changes
                </option>
              </select>
            </label>
          </div>
        )}
        <div class="renditions">
          <Words
            name="text"
            label="Status page"
            hint="always"
            text={proposal.text}
            preview={finished(proposal.text)}
            fault={fault?.where === 'text' ? fault.because : null}
          />
          {proposal.renditions.map(one => (
            <Words
              name={`text-${one.accountId}`}
              label={one.label}
              rendition={one}
              isChosen={props.chosen.includes(one.accountId)}
              isThread={props.threads.includes(one.accountId)}
              price={props.price.each[one.accountId] ?? null}
              text={one.text}
              preview={finished(one.text)}
              fault={fault?.where === one.accountId ? fault.because : null}
            />
          ))}
        </div>
        {proposal.renditions.length ? null : (
          <p class="advice">
            No account is connected: the update appears on the status page only. <a href="/accounts">Connect an account</a>
          </p>
        )}
        {proposal.leftOut.length ? (
          <p class="advice">{proposal.leftOut.join(', ')}: nothing can be posted there with words alone. Post it by hand.</p>
        ) : null}
        {props.needsReason ? (
          <div class="card stack">
            <p class="advice">{props.needsReason} It can go out now with a reason, which is kept in the timeline.</p>
            <label>
              Why now
              <input name="overrideBecause" value={props.overrideBecause ?? ''} maxlength={500} required />
            </label>
          </div>
        ) : null}
        <ul class="five muted">
          <li>clear?</li>
          <li>in control?</li>
          <li>concerned?</li>
          <li>confident?</li>
          <li>competent?</li>
        </ul>
        <p class="price" id="update-price" role="status">
          {props.price.total}
        </p>
        <div class="row">
          <button type="submit" class="primary">
            Publish{kind === 'allclear' ? ' the all-clear' : ''}
          </button>
          <a class="button quiet" href={path}>
            Cancel
          </a>
        </div>
      </form>
    </Page>
  )
}

interface WordsProps {
  name: string
  label: string
  hint?: string
  rendition?: Rendition
  isChosen?: boolean
  isThread?: boolean
  price?: { words: string; cap: string | null } | null
  text: string
  preview: string
  fault: string | null
}
function Words({ name, label, hint, rendition, isChosen, isThread, price, text, preview, fault }: WordsProps) {
  const rule = rendition?.rule
  const length = rule?.count(preview)
  return (
    <section class="card stack rendition" aria-label={label} data-rendition>
      <header class="row">
        {rendition ? <PlatformIcon platform={rendition.platform} label={rendition.platform} /> : null}
        <strong class="grow">{label}</strong>
        {rendition ? (
          <label class="check">
            <input type="checkbox" name="account" value={rendition.accountId} checked={isChosen} />
            post here
          </label>
        ) : (
          <span class="muted">{hint}</span>
        )}
      </header>
      {rendition?.problem ? <p class="advice">{rendition.problem}</p> : null}
      {fault ? <p class="problem">{fault}</p> : null}
      <textarea
        name={name}
        rows={6}
        aria-label={`Words for ${label}`}
        aria-invalid={fault ? 'true' : undefined}
        data-rule={rule?.rule}
        data-limit={rule?.limit}
        data-platform={rendition?.platform}
      >
        {text}
      </textarea>
      <p class="counted">
        <span class="muted">Will read:</span>
        {rule ? (
          <output class={length! > rule.limit ? 'late' : 'muted'} data-count>
            {length} of {rule.limit.toLocaleString('en')}
          </output>
        ) : null}
      </p>
      <p class="preview" data-preview>
        {preview}
      </p>
      {rule && rendition ? (
        <>
          <StatusThread name={`posts-${rendition.accountId}`} text={preview} rule={rule} isChosen={isThread ?? false} />
          <p class="price" data-price={rendition.accountId}>
            {price ? (
              <>
                <span>{price.words}</span> {price.cap ? <strong>{price.cap}</strong> : null}
              </>
            ) : null}
          </p>
        </>
      ) : null}
    </section>
  )
}
