// Templates: answers written once, by kind, platform and language.
import type { Generated, Insertable, Selectable, Updateable } from 'kysely'
import { sql } from 'kysely'
import type { Category, Id, Platform, TemplateKind } from '../domain.ts'
import type { Db } from './schema.ts'

export interface TemplatesTable {
  id: Id
  name: string
  kind: TemplateKind
  /** Null: any platform. */
  platform: Platform | null
  language: Generated<string>
  text: string
  version: Generated<number>
  isActive: Generated<boolean>
  uses: Generated<number>
  ownerId: Id | null
  isDemo: Generated<boolean>
  updatedAt: Generated<Date>
}
/** How often a template answered tickets of a category: what reps teach the suggestion by using it. */
export interface TemplateUsesTable {
  templateId: Id
  category: Category
  uses: Generated<number>
}
/** Which words, hashed, stood in the mentions a template answered. */
export interface TemplateWordsTable {
  templateId: Id
  wordHash: number
  uses: Generated<number>
}
export type TemplateRow = Selectable<TemplatesTable>

export const listTemplates = (db: Db) => db.selectFrom('templates').selectAll().orderBy('kind').orderBy('name').execute()
export const findTemplate = (db: Db, id: Id) => db.selectFrom('templates').selectAll().where('id', '=', id).executeTakeFirst()

export async function countTemplateUse(tx: Db, id: Id, answered: { category: Category; wordHashes: readonly number[] }) {
  await tx
    .updateTable('templates')
    .set(eb => ({ uses: eb('uses', '+', 1) }))
    .where('id', '=', id)
    .execute()
  // A template that is gone meanwhile teaches nothing.
  await sql`
    insert into template_uses as u (template_id, category, uses) select id, ${answered.category}, 1 from templates where id = ${id}
    on conflict (template_id, category) do update set uses = u.uses + 1`.execute(tx)
  await sql`
    insert into template_words as w (template_id, word_hash, uses) select t.id, h.hash, 1 from templates t cross join unnest(${answered.wordHashes}::int[]) as h(hash)
    where t.id = ${id} on conflict (template_id, word_hash) do update set uses = w.uses + 1`.execute(tx)
}
/** Of these words only. */
export const listTemplateWords = (db: Db, wordHashes: readonly number[]) =>
  wordHashes.length ? db.selectFrom('templateWords').selectAll().where('wordHash', 'in', wordHashes).execute() : Promise.resolve([])
export const listTemplateUses = (db: Db) => db.selectFrom('templateUses').selectAll().execute()
export const insertTemplate = (tx: Db, template: Insertable<TemplatesTable>) =>
  tx.insertInto('templates').values(template).returningAll().executeTakeFirstOrThrow()
export const lockTemplate = (tx: Db, id: Id) => tx.selectFrom('templates').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
export const changeTemplate = (tx: Db, id: Id, change: Updateable<TemplatesTable>) =>
  tx.updateTable('templates').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow()

/** The variant that stands in the way of another of the same name, platform and language. */
export function findSameTemplate(tx: Db, template: Pick<TemplateRow, 'name' | 'language' | 'platform'>, exceptId: Id | null) {
  return tx
    .selectFrom('templates')
    .select('id')
    .where('isActive', '=', true)
    .where('name', '=', template.name)
    .where('language', '=', template.language)
    .where('platform', template.platform === null ? 'is' : '=', template.platform)
    .$if(exceptId !== null, q => q.where('id', '!=', exceptId!))
    .executeTakeFirst()
}
