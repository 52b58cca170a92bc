// Templates: answers written once, by kind, platform and language.
import type { Generated, Selectable } from 'kysely'
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
