// Templates: choosing the right variant, and writing, changing and retiring them.
import { v7 as newId } from 'uuid'
import { insertAuditEntry } from '../db/audit-entries.ts'
import type { Db } from '../db/schema.ts'
import { changeTemplate, findSameTemplate, insertTemplate, lockTemplate, type TemplateRow } from '../db/templates.ts'
import type { Desk } from '../desk.ts'
import type { Id, Platform, TemplateKind } from '../domain.ts'
import { findPlaceholders, isKnownPlaceholder } from './placeholders.ts'
import { sign } from './signature.ts'

export const templateKinds: readonly TemplateKind[] = ['answer', 'ack', 'handoff', 'closing', 'followup', 'holding', 'update', 'allclear']

export interface TemplateForm {
  name: string
  kind: string
  /** Empty or null: any platform. */
  platform: string | null
  /** BCP-47. */
  language: string
  text: string
}
export interface FieldProblem {
  field: keyof TemplateForm
  because: string
}
export type Saved = { ok: true; template: TemplateRow } | { ok: false; problems: FieldProblem[] }

/**
 * Of each template the variant that fits best: this platform before any platform, this language before its base language before English.
 * One that fits neither the language nor English is left out.
 */
export function pickVariants(templates: readonly TemplateRow[], platform: Platform, language: string | null): TemplateRow[] {
  const best = new Map<string, { template: TemplateRow; fit: number }>()
  for (const template of templates) {
    const fit = fitOf(template, platform, language)
    const key = `${template.kind} ${template.name}`
    if (fit > 0 && fit > (best.get(key)?.fit ?? 0)) best.set(key, { template, fit })
  }
  return [...best.values()].map(({ template }) => template)
}

export async function createTemplate(desk: Desk, teammateId: Id, form: TemplateForm): Promise<Saved> {
  return desk.db.transaction().execute(async (tx): Promise<Saved> => {
    const problems = await findProblems(desk, tx, form, null)
    if (problems.length) return { ok: false, problems }
    const template = await insertTemplate(tx, { id: newId(), ...cleaned(form), ownerId: teammateId, updatedAt: desk.now() })
    await insertAuditEntry(tx, { at: desk.now(), teammateId, action: 'template created', subject: template.id, after: cleaned(form) })
    return { ok: true, template }
  })
}

/** A changed template is its next version. Null: there is no such template. */
export async function updateTemplate(desk: Desk, teammateId: Id, id: Id, form: TemplateForm): Promise<Saved | null> {
  return desk.db.transaction().execute(async (tx): Promise<Saved | null> => {
    const before = await lockTemplate(tx, id)
    if (!before) return null
    const problems = await findProblems(desk, tx, form, id)
    if (problems.length) return { ok: false, problems }
    const template = await changeTemplate(tx, id, { ...cleaned(form), version: before.version + 1, updatedAt: desk.now() })
    const { name, kind, platform, language, text } = before
    await insertAuditEntry(tx, {
      at: desk.now(),
      teammateId,
      action: 'template changed',
      subject: id,
      before: { name, kind, platform, language, text },
      after: cleaned(form),
    })
    return { ok: true, template }
  })
}

/** No longer offered; what was written with it stays. Null: there is no such template. */
export async function retireTemplate(desk: Desk, teammateId: Id, id: Id): Promise<TemplateRow | null> {
  return desk.db.transaction().execute(async tx => {
    if (!(await lockTemplate(tx, id))) return null
    await insertAuditEntry(tx, { at: desk.now(), teammateId, action: 'template retired', subject: id })
    return changeTemplate(tx, id, { isActive: false, updatedAt: desk.now() })
  })
}

function fitOf(template: TemplateRow, platform: Platform, language: string | null): number {
  if (!template.isActive || (template.platform !== null && template.platform !== platform)) return 0
  const wanted = (language ?? 'en').toLowerCase()
  const has = template.language.toLowerCase()
  const words = has === wanted ? 4 : baseOf(has) === baseOf(wanted) ? 3 : baseOf(has) === 'en' ? 1 : 0
  return words === 0 ? 0 : words * 2 + (template.platform === null ? 0 : 1)
}
const baseOf = (language: string) => language.split('-')[0]!

async function findProblems(desk: Desk, tx: Db, form: TemplateForm, id: Id | null): Promise<FieldProblem[]> {
  const { name, kind, platform, language, text } = cleaned(form)
  const problems: FieldProblem[] = []
  if (!name) problems.push({ field: 'name', because: 'Give it a name, as people will look for it.' })
  if (name.length > 80) problems.push({ field: 'name', because: 'Keep the name within 80 characters.' })
  if (!templateKinds.includes(kind)) problems.push({ field: 'kind', because: `Choose one of ${templateKinds.join(', ')}.` })
  if (!LANGUAGE.test(language)) problems.push({ field: 'language', because: 'Write the language as en, de or pt-BR.' })
  if (!text) problems.push({ field: 'text', because: 'Write what it says.' })
  for (const open of findPlaceholders(text))
    if (!isKnownPlaceholder(open)) problems.push({ field: 'text', because: `Heed does not know ${text.slice(...open.span)}.` })
  problems.push(...findPlatformProblems(desk, platform, text))
  if (!problems.length && (await findSameTemplate(tx, { name, language, platform }, id)))
    problems.push({ field: 'name', because: 'There is one of this name for this platform and language already.' })
  return problems
}

function findPlatformProblems(desk: Desk, platform: Platform | null, text: string): FieldProblem[] {
  if (text.length > 10_000) return [{ field: 'text', because: 'No platform takes more than 10,000 characters.' }]
  if (platform === null) return []
  let connector: ReturnType<Desk['connectorFor']>
  try {
    connector = desk.connectorFor(platform)
  } catch {
    return [{ field: 'platform', because: `Heed does not speak ${platform}.` }]
  }
  const longest = Math.max(connector.limits.public.limit, connector.limits.private.limit)
  const fits = (['public', 'private'] as const).some(
    visibility => connector.limits[visibility].count(sign(text, 'XX')) <= connector.limits[visibility].limit,
  )
  return fits ? [] : [{ field: 'text', because: `${connector.label} takes at most ${longest.toLocaleString('en')}.` }]
}

function cleaned(form: TemplateForm) {
  return {
    name: form.name.trim(),
    kind: form.kind as TemplateKind,
    platform: form.platform?.trim() || null,
    language: form.language.trim(),
    text: form.text.replace(/\r\n/g, '\n').trim(),
  }
}

const LANGUAGE = /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/
