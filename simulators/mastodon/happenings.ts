// What people do on the simulated instance: write, edit, delete; and who is told of it.

import type { ShownUpload } from '../uploads.ts'
import type { MastodonStatus, MastodonVisibility } from './state.ts'
import { accountsNamed } from './text.ts'
import type { MastodonWorld } from './world.ts'

export interface Writing {
  accountId: string
  text: string
  warning?: string
  visibility?: MastodonVisibility
  inReplyTo?: string | null
  at?: number
  lang?: string | null
  appId?: string | null
  /** The Idempotency-Key it came with. */
  key?: string | null
  uploads?: readonly ShownUpload[]
}

export function publish(world: MastodonWorld, writing: Writing): MastodonStatus {
  const at = writing.at ?? world.clock.now()
  const status: MastodonStatus = {
    id: world.ids.next(at),
    accountId: writing.accountId,
    text: writing.text,
    warning: writing.warning ?? '',
    visibility: writing.visibility ?? 'public',
    inReplyTo: writing.inReplyTo ?? null,
    at,
    editedAt: null,
    lang: writing.lang ?? null,
    mentions: namedIn(world, writing.text),
    appId: writing.appId ?? null,
    ...(writing.uploads?.length && { uploads: writing.uploads }),
  }
  world.record({ type: 'status', status, key: writing.key ?? null })
  tell(world, status, status.mentions)
  return status
}

/** In place: the id stays, and only who is named for the first time is told. */
export function editStatus(world: MastodonWorld, id: string, text: string, warning?: string): MastodonStatus {
  const before = world.state.statuses.get(id)
  if (!before) throw new Error(`there is no status ${id} to edit`)
  const mentions = namedIn(world, text)
  world.record({ type: 'edited', id, text, warning: warning ?? before.warning, mentions, at: world.clock.now() })
  const after = world.state.statuses.get(id) as MastodonStatus
  tell(
    world,
    after,
    mentions.filter(one => !before.mentions.includes(one)),
  )
  return after
}

export function removeStatus(world: MastodonWorld, id: string): void {
  if (!world.state.statuses.has(id)) throw new Error(`there is no status ${id} to remove`)
  world.record({ type: 'deleted', id })
}

function tell(world: MastodonWorld, status: MastodonStatus, named: readonly string[]): void {
  for (const accountId of named) {
    if (accountId === status.accountId || world.state.accounts.get(accountId)?.domain !== null) continue
    // Numbered as they come in: a status that was long on its way is told of last.
    const at = world.clock.now()
    world.record({ type: 'notification', notification: { id: world.ids.next(at), accountId, statusId: status.id, at } })
  }
}

const namedIn = (world: MastodonWorld, text: string) => accountsNamed(world.state, world.host, text).map(one => one.id)
