// Rules on top of triage: written by leads, tried on the last 30 days, ordered; and the two thresholds beside them.
import { type Context, Hono } from 'hono'
import { v7 as newId } from 'uuid'
import { z } from 'zod'
import { connectors } from '../connectors/all.ts'
import { listExamples } from '../db/judged-mentions.ts'
import { findRule, listRules, type RuleRow } from '../db/rules.ts'
import { listTeammates } from '../db/teammates.ts'
import type { Rule } from '../domain.ts'
import { readCalendar } from '../metrics/zone.ts'
import { changeRule, findRuleProblems, type RuleChange, readThresholds, saveThresholds, writeRule } from '../triage/rule-book.ts'
import { compileRules, judgesThresholds, type RuleSet, type Thresholds } from '../triage/rules.ts'
import { lookBack, type Trial } from '../triage/time-machine.ts'
import type { WebEnv } from './env.ts'
import { redirectSaying } from './parts/flash.ts'
import { Page } from './parts/page.tsx'
import { refused } from './parts/refused.tsx'
import { LEADS_ONLY, RuleForm, readRuleForm } from './parts/rule-form.tsx'
import { thenWords, whenWords } from './parts/rule-words.ts'
import { ThresholdForm } from './parts/threshold-form.tsx'
import { TriageTabs } from './parts/triage-tabs.tsx'
import { Progress, TrialResult } from './parts/trial.tsx'
import { hasRole, requireRole } from './session.ts'
import { streamPage, workHere } from './streamed-page.ts'

export function rulesPages(): Hono<WebEnv> {
  const pages = new Hono<WebEnv>()
  pages.get('/rules', showRules)
  pages.get('/rules/new', c => showForm(c, BLANK))
  pages.post('/rules/new', requireRole('lead'), c => weigh(c, undefined))
  pages.get('/rules/thresholds', async c => showThresholds(c, await readThresholds(c.get('desk').db)))
  pages.post('/rules/thresholds', requireRole('lead'), weighThresholds)
  pages.get('/rules/:id', c => withRule(c, rule => showForm(c, rule, rule)))
  pages.post('/rules/:id', requireRole('lead'), c => withRule(c, rule => weigh(c, rule)))
  pages.post('/rules/:id/:change{up|down|on|off|remove}', requireRole('lead'), change)
  return pages
}

async function showRules(c: Context<WebEnv>) {
  const { db } = c.get('desk')
  const [rules, teammates, thresholds] = await Promise.all([listRules(db), listTeammates(db), readThresholds(db)])
  const nameOf = namesOf(teammates)
  const locked = hasRole(c.get('teammate'), 'lead') ? {} : { disabled: true, title: LEADS_ONLY }
  const act = (rule: RuleRow, change: RuleChange, label: string, more: { disabled?: boolean; says?: string; class?: string } = {}) => (
    <form method="post" action={`/rules/${rule.id}/${change}`}>
      <button type="submit" class={`small ${more.class ?? 'quiet'}`} aria-label={more.says} disabled={more.disabled} {...locked}>
        {label}
      </button>
    </form>
  )
  return c.html(
    <Page c={c} title="Rules" section="triage" styles={['dashboard', 'triage']}>
      <div class="page-head">
        <div>
          <h1>Rules</h1>
          <p class="muted">They run after triage, from the top; where two want the same thing, the higher one wins.</p>
        </div>
        <TriageTabs here="rules" />
      </div>
      <div class="row">
        {locked.disabled ? (
          <button type="button" class="primary" {...locked}>
            New rule
          </button>
        ) : (
          <a class="button primary" href="/rules/new">
            New rule
          </a>
        )}
        {locked.disabled ? <span class="muted">{LEADS_ONLY}</span> : null}
      </div>
      {rules.length ? (
        <ol class="rule-list">
          {rules.map((rule, i) => (
            <li class={rule.isActive ? 'card rule' : 'card rule is-off'}>
              <div class="grow">
                <h2>
                  <a href={`/rules/${rule.id}`}>{rule.name}</a> {rule.isActive ? null : <span class="chip">off</span>}
                </h2>
                <p>
                  <span class="muted">When</span> {whenWords(rule, labelOf).join(', and ')} <span class="muted">→</span>{' '}
                  <strong>{thenWords(rule, nameOf).join(', ')}</strong>
                </p>
              </div>
              <div class="row rule-acts" role="group" aria-label={`Order and state of ${rule.name}`}>
                {act(rule, 'up', '↑', { disabled: i === 0, says: `Move ${rule.name} up` })}
                {act(rule, 'down', '↓', { disabled: i === rules.length - 1, says: `Move ${rule.name} down` })}
                {act(rule, rule.isActive ? 'off' : 'on', rule.isActive ? 'Switch off' : 'Switch on')}
                {act(rule, 'remove', 'Remove', { class: 'quiet danger' })}
              </div>
            </li>
          ))}
        </ol>
      ) : (
        <div class="empty card">
          <strong>No rules yet</strong>
          <p>
            Triage decides alone. A rule says what only your team knows: who is press, which campaign is no question, which hub is down.
          </p>
        </div>
      )}
      <section class="card row" aria-labelledby="thresholds">
        <div class="grow">
          <h2 id="thresholds">Thresholds</h2>
          <p class="muted">
            {thresholds.noise > judgesThresholds.noise
              ? `Noise less than ${percent(thresholds.noise)} sure goes to Review`
              : thresholds.noise < judgesThresholds.noise
                ? `Noise is dropped from ${percent(thresholds.noise)} on, where triage itself asks for 85 %`
                : 'Noise needs 85 %, as triage itself keeps to'}
            ;{' '}
            {thresholds.review > judgesThresholds.review
              ? `anything else below ${percent(thresholds.review)} does too.`
              : thresholds.review < judgesThresholds.review
                ? `nobody looks at anything else from ${percent(thresholds.review)} on.`
                : 'doubt about anything else is left to triage.'}
          </p>
        </div>
        <a class="button" href="/rules/thresholds">
          Thresholds
        </a>
      </section>
    </Page>,
  )
}

async function showForm(c: Context<WebEnv>, form: Written, saved?: RuleRow, problems: string[] = []) {
  return c.html(await formPage(c, form, saved, problems), problems.length ? 422 : 200)
}

type Written = Pick<Rule, 'name' | 'isActive' | 'conditions' | 'actions'>

async function formPage(c: Context<WebEnv>, form: Written, saved: RuleRow | undefined, problems: string[], below?: typeof workHere) {
  const teammates = await listTeammates(c.get('desk').db)
  return (
    <Page c={c} title={saved?.name ?? 'New rule'} section="triage" styles={['dashboard', 'triage']}>
      <p>
        <a href="/rules">Rules</a>
      </p>
      <h1>{saved?.name ?? 'New rule'}</h1>
      <RuleForm
        rule={form}
        id={saved?.id}
        problems={problems}
        connectors={connectors}
        teammates={teammates}
        mayChange={hasRole(c.get('teammate'), 'lead')}
      />
      {below}
    </Page>
  )
}

/** Looks back with it, or stores it. */
async function weigh(c: Context<WebEnv>, saved: RuleRow | undefined) {
  const desk = c.get('desk')
  const fields = await c.req.parseBody({ all: true })
  const { rule, problems } = readRuleForm(fields, saved?.id)
  const rules = await listRules(desk.db)
  if (fields.then === 'save') {
    const written = problems.length ? { ok: false as const, problems } : await writeRule(desk, c.get('teammate').id, rule)
    if (!written.ok) return showForm(c, rule, saved, written.problems)
    return redirectSaying(
      c,
      '/rules',
      saved ? `“${written.rule.name}” is stored.` : `“${written.rule.name}” holds from the next mention on.`,
    )
  }
  const teammates = await listTeammates(desk.db)
  const answerers = new Set(teammates.filter(one => one.isActive && one.role !== 'readonly').map(one => one.id))
  // A trial needs no name yet.
  const named = { ...rule, name: rule.name || 'this rule' }
  const found = [...problems, ...findRuleProblems(named, rules, answerers)]
  if (found.length) return showForm(c, rule, saved, found)
  const thresholds = await readThresholds(desk.db)
  const tried: Rule = { ...named, id: saved?.id ?? newId(), position: saved?.position ?? rules.length + 1, isActive: true }
  const after = [...rules.filter(one => one.id !== tried.id), tried]
  return lookBackPage(c, await formPage(c, rule, saved, [], workHere), compileRules(rules, thresholds), compileRules(after, thresholds))
}

async function weighThresholds(c: Context<WebEnv>) {
  const desk = c.get('desk')
  const form = await c.req.parseBody()
  const read = THRESHOLDS.safeParse(form)
  if (!read.success)
    return refused(c, 422, 'Not stored', 'Noise takes 50 to 99 %, doubt 0 to 95 %. Nothing was changed.', {
      href: '/rules/thresholds',
      label: 'Back to the thresholds',
    })
  const thresholds = { noise: read.data.noise / 100, review: read.data.review / 100 }
  if (form.then === 'save') {
    await saveThresholds(desk, c.get('teammate').id, thresholds)
    return redirectSaying(c, '/rules', 'The thresholds hold from the next mention on.')
  }
  const [rules, now] = await Promise.all([listRules(desk.db), readThresholds(desk.db)])
  return lookBackPage(c, thresholdsPage(c, thresholds, workHere), compileRules(rules, now), compileRules(rules, thresholds))
}

const showThresholds = (c: Context<WebEnv>, thresholds: Thresholds) => c.html(thresholdsPage(c, thresholds))

function thresholdsPage(c: Context<WebEnv>, thresholds: Thresholds, below?: typeof workHere) {
  return (
    <Page c={c} title="Thresholds" section="triage" styles={['dashboard', 'triage']}>
      <p>
        <a href="/rules">Rules</a>
      </p>
      <h1>Thresholds</h1>
      <ThresholdForm thresholds={thresholds} mayChange={hasRole(c.get('teammate'), 'lead')} />
      {below}
    </Page>
  )
}

/** The form's page with the time-machine at work below it. */
async function lookBackPage(c: Context<WebEnv>, page: Parameters<typeof streamPage>[1], before: RuleSet, after: RuleSet) {
  const desk = c.get('desk')
  const [{ zone }, teammates] = await Promise.all([readCalendar(desk.db), listTeammates(desk.db)])
  const nameOf = namesOf(teammates)
  return streamPage(c, page, async function* (signal) {
    let last: Trial | undefined
    for await (const trial of lookBack(desk, before, after, { days: DAYS, zone, limitMs: LIMIT_MS, signal })) {
      last = trial
      yield <Progress trial={trial} />
    }
    if (!last) return
    const { missed, changed } = last.examples
    const [missedRows, changedRows] = await Promise.all([listExamples(desk.db, missed), listExamples(desk.db, changed.slice(0, 12))])
    yield <TrialResult trial={last} missed={missedRows} changed={changedRows} now={desk.now()} zone={zone} nameOf={nameOf} />
  })
}

async function change(c: Context<WebEnv>) {
  const { id, change } = c.req.param() as { id: string; change: RuleChange }
  const rule = UUID.test(id) ? await changeRule(c.get('desk'), c.get('teammate').id, id, change) : undefined
  return rule ? redirectSaying(c, '/rules', `“${rule.name}” ${DONE[change]}`) : gone(c)
}

async function withRule(c: Context<WebEnv>, act: (rule: RuleRow) => Response | Promise<Response>) {
  const id = c.req.param('id')!
  const rule = UUID.test(id) ? await findRule(c.get('desk').db, id) : undefined
  return rule ? act(rule) : gone(c)
}

const gone = (c: Context<WebEnv>) =>
  refused(c, 404, 'No such rule', 'It may have been removed. Nothing was changed.', { href: '/rules', label: 'Back to the rules' })
const labelOf = (platform: string) => connectors.find(one => one.platform === platform)?.label ?? platform
const namesOf = (teammates: readonly { id: string; name: string }[]) => {
  const names = new Map(teammates.map(one => [one.id, one.name]))
  return (id: string) => names.get(id) ?? 'somebody'
}
const percent = (share: number) => `${Math.round(share * 100)} %`
const BLANK: Written = { name: '', isActive: true, conditions: {}, actions: {} }
const THRESHOLDS = z.object({ noise: z.coerce.number().min(50).max(99), review: z.coerce.number().min(0).max(95) })
const DONE: Record<RuleChange, string> = {
  up: 'stands one higher.',
  down: 'stands one lower.',
  on: 'holds again.',
  off: 'is off: it changes nothing.',
  remove: 'is removed. What it did stays.',
}
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const DAYS = 30
const LIMIT_MS = 20_000
