// Reads the composer's form: the way, the words, what they count as, and what was said of each picture.
import type { PictureWords } from '../responders/draft.ts'
import { isId } from './ids.ts'
import type { Way, Written } from './parts/composer.tsx'
import type { Form } from './ticket-actions.ts'

export function writtenIn(form: Form): Written {
  return {
    way: WAYS.find(way => way === form.way) ?? 'note',
    text: (form.text ?? '').replaceAll('\r\n', '\n'),
    pointerText: (form.pointerText ?? '').replaceAll('\r\n', '\n'),
    role: ROLES.find(role => role === form.role) ?? 'answer',
    posts: Number(form.posts) || 0,
  }
}

/** The part of a thread that these words go on after; null: they begin anew. */
export function continuesIn(form: Form): string | null {
  return isId(form.continuesId) ? form.continuesId : null
}

/** One field for each picture it shows, named by its id. */
export function picturesIn(form: Form): PictureWords[] {
  return Object.entries(form).flatMap(([name, alt]) => {
    const id = /^alt-(.*)$/.exec(name)?.[1]
    return isId(id) ? [{ id, alt: (alt ?? '').replaceAll('\r\n', '\n'), forPointer: form[`pointer-${id}`] === '1' }] : []
  })
}

const WAYS: readonly Way[] = ['public', 'private', 'note']
export const ROLES = ['answer', 'handoff', 'ack', 'closing', 'followup'] as const
