// Notes: what teammates tell each other on a ticket; never sent.
import type { Generated, Selectable } from 'kysely'
import type { Id } from '../domain.ts'
import type { Db } from './schema.ts'

export interface NotesTable {
  id: Id
  ticketId: Id
  teammateId: Id
  text: string
  createdAt: Generated<Date>
}
export type NoteRow = Selectable<NotesTable>

export async function insertNote(tx: Db, note: { id: Id; ticketId: Id; teammateId: Id; text: string; createdAt: Date }) {
  await tx.insertInto('notes').values(note).execute()
}

/** The same words on many tickets, in one statement. */
export async function insertNotes(tx: Db, notes: readonly { id: Id; ticketId: Id; teammateId: Id; text: string; createdAt: Date }[]) {
  if (notes.length)
    await tx
      .insertInto('notes')
      .values([...notes])
      .execute()
}
