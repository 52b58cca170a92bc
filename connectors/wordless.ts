// What stands for the words where somebody sent only a picture, so that it is no empty line in a list and nobody takes it for nothing.
import type { Attachment } from '../domain.ts'

/** What their author says the pictures show is the next best thing to words: triage reads it, and so does a person. */
export function wordsOr(text: string, attachments: readonly Attachment[] = []): string {
  if (text.trim() !== '') return text
  const described = attachments.flatMap(({ kind, alt }) => (alt ? [`[${kind}: ${alt}]`] : []))
  return described.join('\n') || (attachments.length ? NOTHING_SAID : text)
}

/** One word for all kinds: a push and a poll may describe the same attachment differently, and must read the same. */
export const NOTHING_SAID = '[attachment]'
