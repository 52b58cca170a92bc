// Templates: answers written once, by kind, platform and language.
import type { Generated, Insertable, Selectable, Updateable } from 'kysely'
import type { Id, Platform, TemplateKind } from '../domain.ts'
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
export type TemplateRow = Selectable<TemplatesTable>

export const listTemplates = (db: Db) => db.selectFrom('templates').selectAll().orderBy('kind').orderBy('name').execute()
export const findTemplate = (db: Db, id: Id) => db.selectFrom('templates').selectAll().where('id', '=', id).executeTakeFirst()

export async function countTemplateUse(tx: Db, id: Id) {
  await tx
    .updateTable('templates')
    .set(eb => ({ uses: eb('uses', '+', 1) }))
    .where('id', '=', id)
    .execute()
}
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
