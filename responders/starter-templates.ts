// The templates a new workspace begins with: Heed's own words, to be changed.
import { v7 as newId } from 'uuid'
import type { Db } from '../db/schema.ts'
import { insertTemplate } from '../db/templates.ts'
import type { Id, Platform, TemplateKind } from '../domain.ts'

interface Starter {
  name: string
  kind: TemplateKind
  language: string
  platform?: Platform
  text: string
}

/** Once, into an empty list: a team that deleted them does not get them back. */
export async function addStarterTemplates(tx: Db, options: { ownerId: Id | null; isDemo: boolean; now: Date }): Promise<number> {
  if (await tx.selectFrom('templates').select('id').limit(1).executeTakeFirst()) return 0
  for (const { platform = null, ...starter } of starterTemplates)
    await insertTemplate(tx, {
      id: newId(),
      ...starter,
      platform,
      ownerId: options.ownerId,
      isDemo: options.isDemo,
      updatedAt: options.now,
    })
  return starterTemplates.length
}

export const starterTemplates: readonly Starter[] = [
  {
    name: 'Answer with a link',
    kind: 'answer',
    language: 'en',
    text: 'Hi {{customer.first_name|there}}, thanks for asking! {{ask:the answer in one sentence}} More about it here: {{link}}',
  },
  {
    name: 'Sorry for the trouble',
    kind: 'answer',
    language: 'en',
    text: 'Hi {{customer.first_name|there}}, thank you for telling us, and sorry about this: {{ask:what went wrong}} is not how it should be. {{ask:what you do about it}}',
  },
  {
    name: 'Sorry for the trouble',
    kind: 'answer',
    language: 'de',
    text: 'Hallo {{customer.first_name|und guten Tag}}, danke für den Hinweis, und entschuldige bitte: {{ask:was schiefging}} darf nicht passieren. {{ask:was wir jetzt tun}}',
  },
  {
    name: 'Sorry for the trouble',
    kind: 'answer',
    language: 'es',
    text: 'Hola {{customer.first_name|y buen día}}, gracias por avisarnos y disculpa las molestias: {{ask:qué falló}} no debería pasar. {{ask:qué hacemos ahora}}',
  },
  {
    name: 'Seen, looking into it',
    kind: 'ack',
    language: 'en',
    text: 'Hi {{customer.first_name|there}}, we have seen this and are looking into it. You will hear from us here.',
  },
  {
    name: 'Outside our hours',
    kind: 'ack',
    language: 'en',
    text: 'Thanks for writing! This is an automatic note: people are back {{ask:when we are back}} and will answer you then.',
  },
  {
    name: 'Moved to private messages',
    kind: 'handoff',
    language: 'en',
    text: 'Hi {{customer.first_name|there}}, apologies for the inconvenience! We just sent you a private message to look at this together.',
  },
  {
    name: 'Moved to private messages',
    kind: 'handoff',
    language: 'de',
    text: 'Hallo {{customer.first_name|und guten Tag}}, entschuldige die Umstände! Wir haben dir gerade privat geschrieben und sehen uns das gemeinsam an.',
  },
  {
    name: 'Moved to private messages',
    kind: 'handoff',
    language: 'es',
    text: 'Hola {{customer.first_name|y buen día}}, disculpa las molestias. Te acabamos de escribir por privado para verlo juntos.',
  },
  {
    name: 'Please write to us privately',
    kind: 'handoff',
    language: 'en',
    text: 'Hi {{customer.first_name|there}}, sorry about this! Could you send us a private message with your {{ask:order number}}? There your details are safe.',
  },
  {
    name: 'Please remove your details',
    kind: 'handoff',
    language: 'en',
    text: 'Hi {{customer.first_name|there}}, your post shows personal details: please remove it. I have messaged you privately about the rest.',
  },
  {
    name: 'Glad it is solved',
    kind: 'closing',
    language: 'en',
    text: 'Thanks for your patience, {{customer.first_name|and for writing to us}}! Glad we could solve this. We are here if anything else comes up.',
  },
  {
    name: 'How is everything?',
    kind: 'followup',
    language: 'en',
    text: 'Hi {{customer.first_name|there}}, how is everything since we last wrote? If anything is still open, just answer here.',
  },
  {
    name: 'Holding statement',
    kind: 'holding',
    language: 'en',
    text: "We know some of you can't {{impact}}. We're on it and will update here by {{next}}.",
  },
  {
    name: 'Holding statement',
    kind: 'holding',
    language: 'de',
    text: 'Wir wissen, dass einige von euch gerade Probleme haben: {{impact}}. Wir arbeiten daran und melden uns hier bis {{next}}.',
  },
  {
    name: 'Still working on it',
    kind: 'update',
    language: 'en',
    text: "Some of you still can't {{impact}}. What we know: {{ask:what changed}}. Next update by {{next}}.",
  },
  {
    name: 'All clear',
    kind: 'allclear',
    language: 'en',
    text: 'This is fixed: you can {{impact}} again. Thank you for your patience, and sorry for the trouble. If it still does not work for you, write to us here.',
  },
]
