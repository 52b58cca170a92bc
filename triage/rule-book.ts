// What leads do with rules and thresholds: write, order, switch on and off, remove; and the set that triage lays on each batch.
import { v7 as newId } from 'uuid'
import { z } from 'zod'
import { insertAuditEntry } from '../db/audit-entries.ts'
import { listRules, lockRules, orderRules, type RuleRow, removeRule, saveRule } from '../db/rules.ts'
import type { Db } from '../db/schema.ts'
import { findSetting, saveSetting } from '../db/settings.ts'
import { listTeammates } from '../db/teammates.ts'
import type { Desk } from '../desk.ts'
import type { Id, Rule } from '../domain.ts'
import {
  asksSomething,
  compileRules,
  doesSomething,
  judgesThresholds,
  needleOf,
  type RuleSet,
  type Thresholds,
  thresholdBounds,
} from './rules.ts'

/** Read once per batch. */
export async function readRuleSet(db: Db): Promise<RuleSet> {
  return compileRules(await listRules(db), await readThresholds(db))
}

export async function readThresholds(db: Db): Promise<Thresholds> {
  const stored = await findSetting(db, THRESHOLDS)
  return stored === undefined ? judgesThresholds : thresholdsShape.parse(stored)
}

export type NewRule = Omit<Rule, 'id' | 'position'> & { id?: Id | undefined }
export type RuleSaved = { ok: true; rule: Rule } | { ok: false; problems: string[] }

/** A new rule stands last; a changed one keeps its place. */
export function writeRule(desk: Desk, teammateId: Id, given: NewRule): Promise<RuleSaved> {
  return desk.db.transaction().execute(async (tx): Promise<RuleSaved> => {
    const rules = await lockRules(tx)
    const before = rules.find(rule => rule.id === given.id)
    if (given.id && !before) return { ok: false, problems: ['This rule was removed meanwhile. Write it as a new one.'] }
    const problems = findRuleProblems(given, rules, await mayBeAssigned(tx))
    if (problems.length) return { ok: false, problems }
    const rule: Rule = { ...given, id: before?.id ?? newId(), name: given.name.trim(), position: before?.position ?? rules.length + 1 }
    await saveRule(tx, rule, { writtenById: teammateId, updatedAt: desk.now() })
    await insertAuditEntry(tx, {
      at: desk.now(),
      teammateId,
      action: before ? 'rule changed' : 'rule written',
      subject: rule.id,
      before: before && wordsOf(before),
      after: wordsOf(rule),
    })
    return { ok: true, rule }
  })
}

export type RuleChange = 'up' | 'down' | 'on' | 'off' | 'remove'

/** Undefined: there is no such rule. */
export function changeRule(desk: Desk, teammateId: Id, id: Id, change: RuleChange): Promise<RuleRow | undefined> {
  return desk.db.transaction().execute(async tx => {
    const rules = await lockRules(tx)
    const at = rules.findIndex(rule => rule.id === id)
    const rule = rules[at]
    if (!rule) return undefined
    if (change === 'remove') await removeRule(tx, id)
    if (change === 'on' || change === 'off')
      await saveRule(tx, { ...rule, isActive: change === 'on' }, { writtenById: teammateId, updatedAt: desk.now() })
    if (change === 'up' || change === 'down') {
      const other = at + (change === 'up' ? -1 : 1)
      if (!rules[other]) return rule
      ;[rules[at], rules[other]] = [rules[other], rule]
      await orderRules(
        tx,
        rules.map(one => one.id),
      )
    }
    await insertAuditEntry(tx, { at: desk.now(), teammateId, action: `rule ${CHANGED[change]}`, subject: id, before: wordsOf(rule) })
    return rule
  })
}

export async function saveThresholds(desk: Desk, teammateId: Id, thresholds: Thresholds) {
  const before = await readThresholds(desk.db)
  await desk.db.transaction().execute(async tx => {
    await saveSetting(tx, THRESHOLDS, thresholdsShape.parse(thresholds), desk.now())
    await insertAuditEntry(tx, {
      at: desk.now(),
      teammateId,
      action: 'triage thresholds changed',
      subject: THRESHOLDS,
      before,
      after: thresholds,
    })
  })
}

/** In a lead's words; empty: it can be stored. */
export function findRuleProblems(given: NewRule, others: readonly Pick<Rule, 'id' | 'name'>[], assignable: ReadonlySet<Id>): string[] {
  const problems: string[] = []
  const name = given.name.trim()
  const { conditions, actions } = given
  if (!name) problems.push('Give it a name: reps will read it beside what it did.')
  if (name.length > 80) problems.push('Keep the name within 80 characters.')
  if (others.some(one => one.id !== given.id && one.name.toLowerCase() === name.toLowerCase()))
    problems.push('There is a rule of this name already.')
  if (!asksSomething(given)) problems.push('Say when it holds: without any condition it would hold for every mention.')
  if (!doesSomething(given)) problems.push('Say what it does.')
  for (const phrase of [...(conditions.anyWords ?? []), ...(conditions.allWords ?? []), ...(conditions.noWords ?? [])])
    if (needleOf(phrase) === null) problems.push(`“${phrase}” has no letter or digit to look for.`)
  if (actions.neverTicket && (actions.priority || actions.category || actions.assigneeId))
    problems.push('What never becomes a ticket has no priority, category or assignee: choose one or the other.')
  if (actions.assigneeId && !assignable.has(actions.assigneeId)) problems.push('That teammate cannot answer. Choose another.')
  const { confidenceAtLeast: least, confidenceBelow: below } = conditions
  if (least !== undefined && below !== undefined && least >= below) problems.push('No confidence is both: the lower bound must be smaller.')
  return problems
}

async function mayBeAssigned(tx: Db): Promise<Set<Id>> {
  return new Set((await listTeammates(tx)).filter(one => one.isActive && one.role !== 'readonly').map(one => one.id))
}

const wordsOf = ({ name, isActive, conditions, actions }: Pick<Rule, 'name' | 'isActive' | 'conditions' | 'actions'>) => ({
  name,
  isActive,
  conditions,
  actions,
})
const CHANGED: Record<RuleChange, string> = {
  up: 'moved up',
  down: 'moved down',
  on: 'switched on',
  off: 'switched off',
  remove: 'removed',
}
const THRESHOLDS = 'triageThresholds'
const between = ({ least, most }: { least: number; most: number }) => z.number().min(least).max(most)
const thresholdsShape = z.object({ noise: between(thresholdBounds.noise), review: between(thresholdBounds.review) })
