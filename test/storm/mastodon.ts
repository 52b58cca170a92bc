// The storm's Mastodon: two brands on one instance, mentions, direct statuses, edits nobody is told of.
import type { Secrets } from '../../connectors/connector.ts'
import type { Platform } from '../../domain.ts'
import type { Clock } from '../../simulators/clock.ts'
import { startMastodonSimulator } from '../../simulators/mastodon/start.ts'
import { type Chance, type Ours, pick, type Said, type Station } from './station.ts'

const HOST = 'social.heron.example'
/** connectors/mastodon/README.md: "An edit older than the 40 newest mentions is not seen." Half of that, as others write meanwhile. */
const NEWEST = 20

export async function mastodonStation(clock: Clock): Promise<{ station: Station; url: string; appSecrets: Record<Platform, Secrets> }> {
  const { control, url, stop } = await startMastodonSimulator({ host: HOST, now: clock })
  const app = control.createApp({ name: 'Heed' })
  const brands = ['heronair', 'heroncargo'].map(handle => control.createBrand({ handle, name: handle }))
  const accounts = brands.map(
    ({ id, username, name }): Ours => ({
      platform: 'mastodon',
      externalId: `${id}@${HOST}`,
      handle: `${username}@${HOST}`,
      name,
      capabilities: { instance: HOST, maxCharacters: '500' },
      freshSecrets: () => ({
        instance: `https://${HOST}/`,
        accessToken: control.issueTokens({ app: app.id, account: username }).accessToken,
      }),
    }),
  )
  const told = new Map<string, string[]>(accounts.map(one => [one.externalId, []]))
  const isNew = (account: Ours, id: string) => told.get(account.externalId)!.slice(-NEWEST).includes(id)

  function say(chance: Chance, words: string): Said {
    const ours = pick(accounts, chance)
    const from = `asker${Math.floor(chance() * 400)}${chance() < 0.5 ? '@elsewhere.example' : ''}`
    const common = { platform: 'mastodon', words, at: clock.now(), isEdited: false, removed: null, mayBeMissing: null } as const
    const isDirect = chance() < 0.15
    const named = !isDirect && chance() < 0.1 ? accounts : [ours]
    const text = (said: string) => `${named.map(one => `@${one.handle.split('@')[0]}`).join(' ')} ${said}`
    const { id } = control.post({ from, text: text(words), visibility: isDirect ? 'direct' : 'public' })
    for (const one of named) told.get(one.externalId)!.push(id)
    return {
      ...common,
      accounts: named.map(one => one.externalId),
      id,
      visibility: isDirect ? 'private' : 'public',
      get edit() {
        return named.every(one => isNew(one, id)) ? (said: string) => void control.edit({ id, text: text(said) }) : undefined
      },
      remove: () => {
        control.remove({ id })
        return 'untold'
      },
    }
  }

  const station: Station = {
    name: 'Mastodon',
    accounts,
    say,
    revoke: account => control.revokeAccess({ account: account.handle }),
    diesAtOnce: true,
    ownedWith: account => [account],
    ownWords: () =>
      brands.flatMap(({ id, username }) =>
        control.posts({ author: username }).map(one => ({ account: `${id}@${HOST}`, id: one.id, text: one.text })),
      ),
    sendPaths: ['/api/v1/statuses'],
    readPath: '/api/**',
    setFault: control.setFault,
    faults: control.faults,
    clearFaults: control.clearFaults,
    stop,
  }
  return { station, url, appSecrets: { mastodon: {} } }
}
