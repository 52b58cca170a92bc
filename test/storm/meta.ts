// The storm's Facebook and Instagram: two pages, two professional accounts behind them, and one Meta app, whose subscription they share.
import type { Secrets } from '../../connectors/connector.ts'
import type { Platform } from '../../domain.ts'
import type { Clock } from '../../simulators/clock.ts'
import { startGraphSimulator } from '../../simulators/graph/start.ts'
import { type Chance, type Ours, type OwnWords, pick, type Said, type Station } from './station.ts'

/** connectors/instagram/README.md: "Nobody can list mentions, so a push that is lost is lost". */
const LOST_MENTION = 'Instagram lists mentions nowhere: one whose push was lost is lost'

export async function metaStation(clock: Clock): Promise<{ station: Station; url: string; appSecrets: Record<Platform, Secrets> }> {
  const { control, url, stop } = await startGraphSimulator({ now: clock })
  const app = control.createApp({ name: 'Heed' })
  type Kind = 'facebook' | 'instagram'
  const brands = ['Heron Air', 'Heron Cargo'].map(name => {
    const page = control.createPage({ name })
    const instagram = control.createInstagram({ page: page.id })
    const post = control.post({ page: page.id, from: page.id, message: 'Our winter schedule' })
    const photo = control.photo({ from: instagram.username, caption: 'Winter is near' })
    return { page, instagram, post, photo }
  })
  type Brand = (typeof brands)[number]
  const tokenOf = ({ page }: Brand) => control.issueTokens({ app: app.id, page: page.id }).pageToken
  const pageOf = (brand: Brand): Ours => ({
    platform: 'facebook',
    externalId: brand.page.id,
    handle: brand.page.username,
    name: brand.page.name,
    capabilities: {},
    freshSecrets: () => ({ pageToken: tokenOf(brand) }),
  })
  const instagramOf = (brand: Brand): Ours => ({
    platform: 'instagram',
    externalId: brand.instagram.id,
    handle: brand.instagram.username,
    name: brand.instagram.name,
    capabilities: {},
    freshSecrets: () => ({ pageToken: tokenOf(brand) }),
  })
  const accounts = [...brands.map(pageOf), ...brands.map(instagramOf)]
  const brandOf = (account: Ours) => brands.find(one => [one.page.id, one.instagram.id].includes(account.externalId))!
  /** Instagram's hangs on the page being subscribed at all, the page's own on what it is subscribed to. */
  const isPushed = ({ page }: Brand, kind: Kind) => {
    const fields = control.subscriptions().pages[`${app.id} ${page.id}`]
    return fields !== undefined && (kind === 'instagram' || fields.includes('feed'))
  }

  function say(chance: Chance, words: string, isLost: boolean): Said {
    const brand = pick(brands, chance)
    const common = { words, at: clock.now(), isEdited: false, removed: null, mayBeMissing: null } as const
    return chance() < 0.5
      ? onPage(chance, brand, { ...common, platform: 'facebook' })
      : onInstagram(chance, brand, { ...common, platform: 'instagram' }, isLost)
  }

  type Common = Pick<Said, 'platform' | 'words' | 'at' | 'isEdited' | 'removed' | 'mayBeMissing'>

  function onPage(chance: Chance, brand: Brand, common: Common): Said {
    const accounts = [brand.page.id]
    const from = `Robin ${NAMES[Math.floor(chance() * NAMES.length)]} ${Math.floor(chance() * 40)}`
    if (chance() < 0.06) {
      // A chat costs the product a pause in every poll, so few people have one.
      const { id } = control.message({
        page: brand.page.id,
        from: `Sam ${brand.page.username} ${Math.floor(chance() * 3)}`,
        text: common.words,
      })
      return {
        ...common,
        accounts,
        id,
        visibility: 'private',
        get edit() {
          return whilePushed(brand, text => control.editMessage({ id, text }))
        },
      }
    }
    const { id } =
      chance() < 0.2
        ? control.post({ page: brand.page.id, from, message: common.words })
        : control.comment({ on: brand.post.id, from, message: common.words })
    return {
      ...common,
      accounts,
      id,
      visibility: 'public',
      get edit() {
        return whilePushed(brand, message => control.edit({ id, message }))
      },
      remove: () => {
        const told = isPushed(brand, 'facebook') ? 'told' : 'untold'
        control.remove({ id })
        return told
      },
    }
  }

  /** connectors/facebook/README.md: "Polling still finds everything but edits, removals": without pushes nobody hears of an edit. */
  function whilePushed(brand: Brand, edit: (words: string) => void) {
    return isPushed(brand, 'facebook') ? edit : undefined
  }

  function onInstagram(chance: Chance, brand: Brand, common: Common, isLost: boolean): Said {
    const accounts = [brand.instagram.id]
    const from = `Noor ${NAMES[Math.floor(chance() * NAMES.length)]} ${Math.floor(chance() * 40)}`
    const kind = chance()
    if (kind < 0.06) {
      const { id } = control.direct({
        account: brand.instagram.id,
        from: `Jo ${brand.page.username} ${Math.floor(chance() * 3)}`,
        text: common.words,
      })
      return { ...common, accounts, id, visibility: 'private', remove: () => takenBack(brand, id, 'told') }
    }
    if (kind < 0.75) {
      const { id } = control.instagramComment({ on: brand.photo.id, from, text: common.words })
      return { ...common, accounts, id, visibility: 'public', remove: () => takenBack(brand, id, 'untold') }
    }
    const mayBeMissing = isLost || !isPushed(brand, 'instagram') ? LOST_MENTION : null
    const { id } = control.photo({ from, caption: `@${brand.instagram.username} ${common.words}` })
    return { ...common, accounts, id, visibility: 'public', mayBeMissing, remove: () => takenBack(brand, id, 'untold') }
  }

  function takenBack(brand: Brand, id: string, told: 'told' | 'untold') {
    const isTold = told === 'told' && isPushed(brand, 'instagram')
    control.removeFromInstagram({ id })
    return isTold ? 'told' : 'untold'
  }

  function ownWords(): OwnWords[] {
    const onPages = control.posts().flatMap(post => [post, ...control.replies({ to: post.id })])
    const belowPhotos = control.photos().flatMap(photo => control.instagramComments({ on: photo.id }))
    return brands.flatMap(({ page, instagram }) => {
      // People who chat are named after the brand they chat with.
      const isWithUs = ({ customer }: { customer: string }) => customer.includes(` ${page.username} `)
      return [
        ...onPages
          .filter(one => one.isOurs && one.author === page.name)
          .map(({ id, message }) => ({ account: page.id, id, text: message })),
        ...control
          .messages()
          .filter(one => one.fromPage && isWithUs(one))
          .map(({ id, text }) => ({ account: page.id, id, text })),
        ...belowPhotos
          .filter(one => one.isOurs && one.author === instagram.username)
          .map(({ id, text }) => ({ account: instagram.id, id, text })),
        ...control
          .directs()
          .filter(one => one.fromAccount && isWithUs(one))
          .map(({ id, text }) => ({ account: instagram.id, id, text })),
      ]
    })
  }

  async function unsubscribe(page: string, token: string) {
    const { ok, status } = await fetch(`${url}/v25.0/${page}/subscribed_apps?access_token=${token}`, { method: 'DELETE' })
    if (!ok) throw new Error(`the page ${page} cannot be unsubscribed: ${status}`)
  }

  const station: Station = {
    name: 'Meta',
    accounts,
    say,
    revoke: account => control.killTokens({ page: brandOf(account).page.id }),
    diesAtOnce: true,
    ownedWith: account => accounts.filter(one => brandOf(one) === brandOf(account)),
    ownWords,
    sendPaths: ['/*/comments', '/*/messages', '/*/replies', '/*/mentions'],
    readPath: '/**',
    setFault: control.setFault,
    faults: control.faults,
    clearFaults: control.clearFaults,
    pushes: {
      isPushed: account => isPushed(brandOf(account), account.platform as Kind),
      settle: async () => {
        control.retryPushes()
        await control.pushesDelivered({ timeoutMs: 10_000 })
      },
      // After an hour of failures Meta takes the pages' subscriptions away without a word.
      switchOff: async () => {
        for (const brand of brands) await unsubscribe(brand.page.id, tokenOf(brand))
      },
    },
    stop,
  }
  const secrets = { appId: app.id, appSecret: app.secret, verifyToken: 'a verify token of the storm' }
  return { station, url, appSecrets: { facebook: secrets, instagram: secrets } }
}

const NAMES = ['Ashdown', 'Brook', 'Calder', 'Dunmore', 'Elmsworth', 'Fenwick', 'Garrow']
