// The form of a rule: when it holds, what it does; and how the form is read.
import { z } from 'zod'
import type { Connector } from '../../connectors/connector.ts'
import type { TeammateRow } from '../../db/teammates.ts'
import type { Category, Rule, RuleActions, RuleConditions } from '../../domain.ts'
import { categories, isNoise } from '../../triage/categories.ts'
import type { NewRule } from '../../triage/rule-book.ts'
import { CATEGORY, PRIORITY } from './words.ts'

export interface RuleFormProps {
  rule: Pick<Rule, 'name' | 'isActive' | 'conditions' | 'actions'>
  /** Undefined: it is new. */
  id?: string | undefined
  problems: string[]
  connectors: readonly Pick<Connector, 'platform' | 'label'>[]
  teammates: readonly TeammateRow[]
  mayChange: boolean
}

export function RuleForm({ rule, id, problems, connectors, teammates, mayChange }: RuleFormProps) {
  const { conditions: when, actions } = rule
  const locked = mayChange ? {} : { disabled: true, title: LEADS_ONLY }
  const words = (name: string, label: string, value: string[] | undefined, hint: string) => (
    <label>
      {label}
      <textarea name={name} rows={2} dir="auto" {...locked}>
        {(value ?? []).join('\n')}
      </textarea>
      <span class="hint">{hint}</span>
    </label>
  )
  const pick = (name: string, label: string, value: string, options: readonly (readonly [string, string])[]) => (
    <label>
      {label}
      <select name={name} {...locked}>
        {options.map(([key, says]) => (
          <option value={key} selected={key === value}>
            {says}
          </option>
        ))}
      </select>
    </label>
  )
  const number = (name: string, label: string, value: number | undefined, more: { min: number; max?: number; step?: string }) => (
    <label>
      {label}
      <input type="number" name={name} value={value} inputmode="decimal" {...more} {...locked} />
    </label>
  )
  return (
    <form method="post" action={`/rules/${id ?? 'new'}`} class="card stack rule-form">
      {problems.length ? (
        <div class="problem" role="alert">
          {problems.map(one => (
            <p>{one}</p>
          ))}
          <p>Nothing was stored.</p>
        </div>
      ) : null}
      <div class="row fields">
        <label class="grow">
          Name
          <input name="name" value={rule.name} required maxlength={80} placeholder="Parcel hub down" {...locked} />
        </label>
        <label class="check">
          <input type="checkbox" name="isActive" value="1" checked={rule.isActive} {...locked} />
          Active
        </label>
      </div>
      <fieldset class="stack">
        <legend>When all of this holds</legend>
        <div class="three">
          {words('anyWords', 'It says one of', when.anyWords, 'One word or phrase a line; crash* also finds crashed.')}
          {words('allWords', 'It says all of', when.allWords, 'Whole words, whatever their case and accents.')}
          {words('noWords', 'It says none of', when.noWords, 'One a line.')}
        </div>
        <details open={asksAuthor(when)}>
          <summary>Who wrote it, and where</summary>
          <div class="stack">
            <div class="three">
              {words('authors', 'Author is one of', when.authors, 'Handles, one a line.')}
              {number('followersAtLeast', 'Followers at least', when.followersAtLeast, { min: 0, step: '1' })}
              {pick('isVip', 'VIP', yesNo(when.isVip), [ANY, ['yes', 'VIP'], ['no', 'not VIP']])}
            </div>
            <div class="three">
              <label>
                Languages
                <input name="languages" value={(when.languages ?? []).join(', ')} placeholder="en, de" {...locked} />
              </label>
              {pick('visibility', 'Public or private', when.visibility ?? '', [ANY, ['public', 'public'], ['private', 'private']])}
              <div class="group" role="group" aria-label="Platforms">
                <span class="label">Platforms</span>
                <span class="row">
                  {connectors.map(one => (
                    <label class="check">
                      <input
                        type="checkbox"
                        name="platforms"
                        value={one.platform}
                        checked={when.platforms?.includes(one.platform)}
                        {...locked}
                      />
                      {one.label}
                    </label>
                  ))}
                </span>
                <span class="hint">None ticked: any.</span>
              </div>
            </div>
          </div>
        </details>
        <details open={asksJudge(when)}>
          <summary>What triage thinks of it, and its thread</summary>
          <div class="stack">
            <div class="group" role="group" aria-label="Categories">
              <span class="label">Category is one of</span>
              <span class="ticks">
                {categories
                  .filter(one => one !== 'own_or_staff')
                  .map(one => (
                    <label class="check">
                      <input type="checkbox" name="categories" value={one} checked={when.categories?.includes(one)} {...locked} />
                      {CATEGORY[one]}
                    </label>
                  ))}
              </span>
            </div>
            <div class="three">
              {number('sentimentAtMost', 'Sentiment at most (−1 furious … 1 delighted)', when.sentimentAtMost, {
                min: -1,
                max: 1,
                step: '0.1',
              })}
              {number('confidenceAtLeast', 'Sure at least (%)', percentOf(when.confidenceAtLeast), { min: 0, max: 100, step: '1' })}
              {number('confidenceBelow', 'Less sure than (%)', percentOf(when.confidenceBelow), { min: 0, max: 100, step: '1' })}
            </div>
            <div class="three">
              {pick('hasOpenTicket', 'The customer', yesNo(when.hasOpenTicket), [ANY, ['yes', 'has an open ticket'], ['no', 'has none']])}
              {pick('isReplyToUs', 'The mention', yesNo(when.isReplyToUs), [ANY, ['yes', 'answers us'], ['no', 'does not answer us']])}
            </div>
          </div>
        </details>
      </fieldset>
      <fieldset class="stack">
        <legend>Then</legend>
        <div class="three">
          {pick('category', 'It is', actions.category ?? '', [
            ['', 'as triage says'],
            ...TICKETS.map(one => [one, CATEGORY[one]] as const),
          ])}
          {pick('priority', 'Priority', actions.priority ?? '', [
            ['', 'as triage says'],
            ...(['urgent', 'high', 'normal'] as const).map(one => [one, PRIORITY[one]] as const),
          ])}
          {pick('assigneeId', 'Give it to', actions.assigneeId ?? '', [
            ['', 'nobody in particular'],
            ...teammates.filter(one => one.isActive && one.role !== 'readonly').map(one => [one.id, one.name] as const),
          ])}
        </div>
        <label>
          Add tags
          <input name="tags" value={(actions.tags ?? []).join(', ')} placeholder="parcels, winter" {...locked} />
        </label>
        <label class="check">
          <input type="checkbox" name="neverTicket" value="1" checked={actions.neverTicket} {...locked} />
          Never a ticket: to Noise, kept and listed there
        </label>
        <p class="hint">
          No rule lets go or lowers what triage calls urgent, or what shows a sign of danger, fraud or a taken-over account: there the rule
          is held back and the verdict says so. What is written in a ticket’s own conversation stays with that ticket.
        </p>
      </fieldset>
      <div class="row">
        <button type="submit" name="then" value="look" class="primary" formnovalidate {...locked}>
          Try it on the last 30 days
        </button>
        <button type="submit" name="then" value="save" {...locked}>
          Save
        </button>
        <a class="button quiet" href="/rules">
          Cancel
        </a>
      </div>
    </form>
  )
}

export type RuleFields = Record<string, string | File | (string | File)[]>

/** What was asked, and what of it could not be read. */
export function readRuleForm(fields: RuleFields, id?: string): { rule: NewRule; problems: string[] } {
  const problems: string[] = []
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name].trim() : '')
  const many = (name: string) => [fields[name] ?? []].flat().filter(one => typeof one === 'string')
  const list = (name: string, at: RegExp) => [
    ...new Set(
      text(name)
        .split(at)
        .map(one => one.trim())
        .filter(Boolean),
    ),
  ]
  const flag = (name: string) => (text(name) === 'yes' ? true : text(name) === 'no' ? false : undefined)
  const number = (name: string, label: string, min: number, max: number, scale = 1) => {
    if (!text(name)) return undefined
    const value = z.coerce.number().min(min).max(max).safeParse(text(name).replace('−', '-').replace(',', '.'))
    if (!value.success) problems.push(`${label}: a number from ${min} to ${max.toLocaleString('en')}.`)
    return value.success ? value.data / scale : undefined
  }
  const conditions: RuleConditions = {
    anyWords: list('anyWords', LINES),
    allWords: list('allWords', LINES),
    noWords: list('noWords', LINES),
    authors: list('authors', COMMAS).map(one => one.replace(/^@/, '')),
    languages: list('languages', COMMAS).map(one => one.toLowerCase()),
    platforms: many('platforms'),
    categories: many('categories').filter((one): one is Category => categories.includes(one as Category)),
    visibility:
      text('visibility') === 'public' || text('visibility') === 'private' ? (text('visibility') as 'public' | 'private') : undefined,
    followersAtLeast: number('followersAtLeast', 'Followers', 0, 1_000_000_000),
    sentimentAtMost: number('sentimentAtMost', 'Sentiment', -1, 1),
    confidenceAtLeast: number('confidenceAtLeast', 'Sure at least', 0, 100, 100),
    confidenceBelow: number('confidenceBelow', 'Less sure than', 0, 100, 100),
    hasOpenTicket: flag('hasOpenTicket'),
    isReplyToUs: flag('isReplyToUs'),
    isVip: flag('isVip'),
  }
  const actions: RuleActions = {
    category: TICKETS.find(one => one === text('category')),
    priority: (['urgent', 'high', 'normal'] as const).find(one => one === text('priority')),
    tags: list('tags', COMMAS).map(one => one.slice(0, 40)),
    assigneeId: text('assigneeId') || undefined,
    neverTicket: text('neverTicket') === '1' || undefined,
  }
  const rule = { id, name: text('name'), isActive: text('isActive') === '1', conditions: asked(conditions), actions: asked(actions) }
  if ([...(conditions.anyWords ?? []), ...(conditions.allWords ?? []), ...(conditions.noWords ?? [])].length > MOST_WORDS)
    problems.push(`At most ${MOST_WORDS} words and phrases in one rule.`)
  return { rule, problems }
}

export const LEADS_ONLY = 'Only a lead or an admin can change rules.'

/** Without what was not asked. */
const asked = <T extends object>(given: T): T =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && (!Array.isArray(value) || value.length))) as T
const asksAuthor = (c: RuleConditions) =>
  !!(c.authors?.length || c.languages?.length || c.platforms?.length || c.visibility) ||
  c.followersAtLeast !== undefined ||
  c.isVip !== undefined
const asksJudge = (c: RuleConditions) =>
  !!c.categories?.length ||
  [c.sentimentAtMost, c.confidenceAtLeast, c.confidenceBelow, c.hasOpenTicket, c.isReplyToUs].some(one => one !== undefined)
const yesNo = (value: boolean | undefined) => (value === undefined ? '' : value ? 'yes' : 'no')
const percentOf = (share: number | undefined) => (share === undefined ? undefined : Math.round(share * 100))
const ANY = ['', 'any'] as const
const TICKETS = categories.filter((one): one is NonNullable<RuleActions['category']> => !isNoise(one))
const LINES = /[\n,;]+/
const COMMAS = /[\s,;]+/
const MOST_WORDS = 200
