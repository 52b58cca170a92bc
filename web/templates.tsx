// Templates: what the team says often, by kind, platform and language; written, tried out and retired here.
import { type Context, Hono } from 'hono'
import { connectors } from '../connectors/all.ts'
import { listTeammates } from '../db/teammates.ts'
import { findTemplate, listTemplates, type TemplateRow } from '../db/templates.ts'
import type { TemplateKind } from '../domain.ts'
import {
  createTemplate,
  type FieldProblem,
  retireTemplate,
  type TemplateForm,
  templateKinds,
  updateTemplate,
} from '../responders/templates.ts'
import type { WebEnv } from './env.ts'
import { redirectSaying } from './parts/flash.ts'
import { Page } from './parts/page.tsx'
import { refused } from './parts/refused.tsx'
import { MarkedTemplate, TemplatePreview } from './parts/template-preview.tsx'
import { Time } from './parts/time.tsx'
import { hasRole, requireRole } from './session.ts'

export function templatesPages(): Hono<WebEnv> {
  const pages = new Hono<WebEnv>()
  pages.get('/templates', showTemplates)
  pages.get('/templates/new', c => templateForm(c, { form: { ...BLANK, kind: c.req.query('kind') ?? BLANK.kind } }))
  pages.post('/templates/new', requireRole('lead'), add)
  pages.post('/templates/preview', preview)
  pages.get('/templates/:id', c => withTemplate(c, template => templateForm(c, { template, form: template })))
  pages.post('/templates/:id', requireRole('lead'), c => withTemplate(c, template => change(c, template)))
  pages.post('/templates/:id/retire', requireRole('lead'), c => withTemplate(c, template => retire(c, template)))
  return pages
}

async function add(c: Context<WebEnv>) {
  const form = await readForm(c)
  const saved = await createTemplate(c.get('desk'), c.get('teammate').id, form)
  return saved.ok
    ? redirectSaying(c, '/templates', `“${saved.template.name}” is ready to use.`)
    : templateForm(c, { form, problems: saved.problems }, 422)
}

async function change(c: Context<WebEnv>, template: TemplateRow) {
  const form = await readForm(c)
  const saved = await updateTemplate(c.get('desk'), c.get('teammate').id, template.id, form)
  if (!saved) return gone(c)
  return saved.ok
    ? redirectSaying(c, '/templates', `“${saved.template.name}” is now version ${saved.template.version}.`)
    : templateForm(c, { template, form, problems: saved.problems }, 422)
}

async function retire(c: Context<WebEnv>, template: TemplateRow) {
  const retired = await retireTemplate(c.get('desk'), c.get('teammate').id, template.id)
  return retired ? redirectSaying(c, '/templates', `“${retired.name}” is no longer offered. What was written with it stays.`) : gone(c)
}

/** A fragment for the form's script; changes nothing. */
async function preview(c: Context<WebEnv>) {
  const form = await readForm(c)
  return c.html(<TemplatePreview form={form} initials={c.get('teammate').initials} connectors={connectors} />)
}

async function showTemplates(c: Context<WebEnv>) {
  const desk = c.get('desk')
  const [templates, teammates] = await Promise.all([listTemplates(desk.db), listTeammates(desk.db)])
  const nameOf = new Map(teammates.map(one => [one.id, one.name]))
  const mayChange = hasRole(c.get('teammate'), 'lead')
  const active = templates.filter(one => one.isActive)
  const retired = templates.filter(one => !one.isActive)
  return c.html(
    <Page c={c} title="Templates" section="templates" styles={['setup', 'templates']}>
      <div class="row">
        <h1 class="grow">Templates</h1>
        {mayChange ? (
          <a class="button primary" href="/templates/new">
            New template
          </a>
        ) : (
          <button type="button" disabled title={LEADS_ONLY}>
            New template
          </button>
        )}
      </div>
      <p class="muted">
        In the composer press <kbd>/</kbd> to use one. {mayChange ? null : LEADS_ONLY}
      </p>
      {templateKinds.map(kind => {
        const ofKind = active.filter(one => one.kind === kind)
        return ofKind.length ? (
          <section class="stack" aria-labelledby={`kind-${kind}`}>
            <h2 id={`kind-${kind}`}>
              {KINDS[kind][0]} <span class="hint">{KINDS[kind][1]}</span>
            </h2>
            <ul class="template-list">
              {ofKind.map(one => (
                <li class="card template">
                  <h3>
                    <a href={`/templates/${one.id}`}>{one.name}</a>
                  </h3>
                  <p class="row">
                    <span class="chip">{one.platform ? labelOf(one.platform) : 'any platform'}</span>
                    <span class="chip">{one.language}</span>
                    {one.isDemo ? <span class="chip">demo</span> : null}
                  </p>
                  <p class="words" lang={one.language} dir="auto">
                    <MarkedTemplate text={one.text} />
                  </p>
                  <p class="hint">
                    version {one.version} · used {one.uses}× · {(one.ownerId && nameOf.get(one.ownerId)) ?? 'Heed'} ·{' '}
                    <Time at={one.updatedAt} now={desk.now()} />
                  </p>
                </li>
              ))}
            </ul>
          </section>
        ) : null
      })}
      {active.length === 0 ? (
        <div class="empty card">
          <strong>No templates yet.</strong>
          <p>Write the answer you give most often; placeholders fill in the customer's name.</p>
        </div>
      ) : null}
      {retired.length ? (
        <details>
          <summary class="muted">{retired.length} retired</summary>
          <ul class="stack">
            {retired.map(one => (
              <li>
                {one.name}{' '}
                <span class="muted">
                  {KINDS[one.kind][0]} · {one.language} · version {one.version} · used {one.uses}×
                </span>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </Page>,
  )
}

interface FormState {
  template?: TemplateRow
  form: TemplateForm
  problems?: FieldProblem[]
}

async function templateForm(c: Context<WebEnv>, { template, form, problems = [] }: FormState, status: 200 | 422 = 200) {
  const mayChange = hasRole(c.get('teammate'), 'lead')
  const isLocked = !mayChange || template?.isActive === false
  const locked = isLocked ? { disabled: true, title: mayChange ? 'Retired' : LEADS_ONLY } : {}
  const wrong = (field: keyof TemplateForm) => (problems.some(one => one.field === field) ? 'true' : undefined)
  const title = template ? template.name : 'New template'
  return c.html(
    <Page c={c} title={title} section="templates" styles={['setup', 'templates']} scripts={['templates']}>
      <p>
        <a href="/templates">Templates</a>
      </p>
      <div class="row">
        <h1 class="grow">{title}</h1>
        {template ? (
          <span class="chip">
            version {template.version}
            {template.isActive ? '' : ', retired'}
          </span>
        ) : null}
      </div>
      {isLocked ? (
        <p class="advice">
          {mayChange ? 'This template is retired: it can be read, not changed.' : `${LEADS_ONLY} You can try it out here.`}
        </p>
      ) : null}
      <div class="template-desk">
        <form method="post" class="card stack" data-preview="/templates/preview">
          {problems.length ? (
            <p class="problem" role="alert">
              {problems.map(one => one.because).join(' ')} Nothing was stored.
            </p>
          ) : null}
          <label>
            Name
            <input name="name" value={form.name} required maxlength={80} aria-invalid={wrong('name')} {...locked} />
          </label>
          <div class="row fields">
            <label>
              Kind
              <select name="kind" aria-invalid={wrong('kind')} {...locked}>
                {templateKinds.map(kind => (
                  <option value={kind} selected={kind === form.kind}>
                    {KINDS[kind][0]}
                  </option>
                ))}
              </select>
            </label>
            <label>
              Platform
              <select name="platform" aria-invalid={wrong('platform')} {...locked}>
                <option value="">any platform</option>
                {connectors.map(one => (
                  <option value={one.platform} selected={one.platform === form.platform}>
                    {one.label}
                  </option>
                ))}
              </select>
            </label>
            <label>
              Language
              <input name="language" value={form.language} required maxlength={12} size={6} aria-invalid={wrong('language')} {...locked} />
            </label>
          </div>
          <label>
            Words
            <textarea name="text" rows={7} required lang={form.language} dir="auto" aria-invalid={wrong('text')} readonly={isLocked}>
              {form.text}
            </textarea>
            <span class="hint">Your signature is added by itself.</span>
          </label>
          <details class="placeholders">
            <summary>Placeholders</summary>
            <dl>
              {PLACEHOLDERS.map(([name, words]) => (
                <div>
                  <dt>
                    <code>{name}</code>
                  </dt>
                  <dd>{words}</dd>
                </div>
              ))}
            </dl>
          </details>
          <div class="row">
            <button type="submit" class="primary" {...locked}>
              {template ? 'Store as the next version' : 'Add'}
            </button>
            <a class="button quiet" href="/templates">
              Cancel
            </a>
            {template?.isActive ? <span class="grow" /> : null}
            {template?.isActive ? (
              <button type="submit" class="quiet danger" formaction={`/templates/${template.id}/retire`} formnovalidate {...locked}>
                Retire
              </button>
            ) : null}
          </div>
        </form>
        <section aria-label="How it will look" class="stack" id="preview" aria-live="polite">
          <TemplatePreview form={form} initials={c.get('teammate').initials} connectors={connectors} />
        </section>
      </div>
    </Page>,
    status,
  )
}

async function readForm(c: Context<WebEnv>): Promise<TemplateForm> {
  const form = await c.req.parseBody()
  const text = (name: string) => (typeof form[name] === 'string' ? form[name] : '')
  return {
    name: text('name'),
    kind: text('kind'),
    platform: text('platform') || null,
    language: text('language'),
    text: text('text'),
  }
}

async function withTemplate(c: Context<WebEnv>, act: (template: TemplateRow) => Response | Promise<Response>) {
  const id = c.req.param('id')!
  const template = UUID.test(id) ? await findTemplate(c.get('desk').db, id) : undefined
  return template ? act(template) : gone(c)
}

const gone = (c: Context<WebEnv>) =>
  refused(c, 404, 'No such template', 'It may have been removed. Nothing was changed.', {
    href: '/templates',
    label: 'Back to the templates',
  })
const labelOf = (platform: string) => connectors.find(one => one.platform === platform)?.label ?? platform
const BLANK: TemplateForm = { name: '', kind: 'answer', platform: null, language: 'en', text: '' }
const LEADS_ONLY = 'Only a lead or an admin can change templates.'
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

const KINDS: Record<TemplateKind, readonly [string, string]> = {
  answer: ['Answers', 'stop the response clock'],
  ack: ['Acknowledgements', 'say “seen”; they stop no clock'],
  handoff: ['Handoffs', 'move the talk to private messages'],
  closing: ['Closings', 'thank in public when it was solved in private'],
  followup: ['Follow-ups', 'ask a few days later'],
  holding: ['Holding statements', 'the first word of an incident'],
  update: ['Incident updates', 'while it lasts'],
  allclear: ['All clear', 'when it is over'],
}

const PLACEHOLDERS: readonly (readonly [string, string])[] = [
  ['{{customer.first_name|there}}', "the customer's first name, else “there”"],
  ['{{customer.handle}}', 'their handle'],
  ['{{agent.initials}}', 'your initials'],
  ['{{ticket.id}}', "the ticket's number"],
  ['{{link}}', 'a link you paste'],
  ['{{ask:order number}}', 'a gap for you to fill: the next Tab stop'],
  ['{{impact}} {{next}}', "an incident's effect and the time of its next update"],
]
