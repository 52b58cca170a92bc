// The instance's public page: the timeline in threads, a form to write as an invented customer, and what was said directly.
import { Hono } from 'hono'
import { handleFor, people } from '../people.ts'
import { picturesIn, Uploads, WithPicture } from '../shown-uploads.tsx'
import { Page, Post, Profile, pageAssets, WriteAs } from '../timeline-page.tsx'
import type { MastodonControl } from './control.ts'
import { acctOf, ancestorsOf, childrenOf, type MastodonStatus } from './state.ts'
import type { MastodonWorld } from './world.ts'

const threadsShown = 60

export function pageRoutes(world: MastodonWorld, control: MastodonControl): Hono {
  const { state } = world
  const routes = new Hono()
  pageAssets(routes, world.watch)

  routes.get('/', c => c.html(<Timeline world={world} query={c.req.query()} />))
  // As the links of a status lead: /@mara/113…
  routes.get('/:handle{@[^/]+}/:id{[0-9]+}', c => {
    const status = state.statuses.get(c.req.param('id'))
    return c.redirect(`/?${status?.visibility === 'direct' ? 'tab=direct&' : ''}thread=${c.req.param('id')}#p-${c.req.param('id')}`)
  })

  routes.post('/_page/post', async c => {
    const form = await c.req.parseBody()
    const text = String(form.text ?? '').trim()
    const as = String(form.as ?? '')
    if (!text || !as.trim()) return c.redirect(`/?as=${encodeURIComponent(as)}`)
    const brand = state.accounts.get(String(form.mention ?? ''))
    const says = brand && !text.toLowerCase().includes(`@${brand.username.toLowerCase()}`) ? `@${brand.username} ${text}` : text
    const from = handleFor(as)
    const inReplyTo = state.statuses.has(String(form.answering ?? '')) ? String(form.answering) : undefined
    const visibility = form.direct && brand ? ('direct' as const) : ('public' as const)
    const made = control.post({
      from,
      text: says,
      inReplyTo,
      visibility,
      warning: String(form.warning ?? '').trim(),
      pictures: picturesIn(form),
    })
    return c.redirect(`/?${visibility === 'direct' ? 'tab=direct&' : ''}as=${encodeURIComponent(from.name)}#p-${made.id}`)
  })
  return routes
}

interface Shown {
  world: MastodonWorld
  query: Record<string, string>
}

function Timeline({ world, query }: Shown) {
  const { state } = world
  const isDirect = query.tab === 'direct'
  const brands = [...state.accounts.values()].filter(one => one.isBrand)
  const answering = state.statuses.get(query.answer ?? '')
  const roots = threadsOf(world, query.thread, isDirect)
  const tabs = [
    { href: '/', label: 'Timeline', current: !isDirect },
    { href: '/?tab=direct', label: 'Direct', current: isDirect },
  ]
  return (
    <Page title="Mastodon, simulated" brand="x" standsFor="Mastodon" tabs={tabs}>
      <div class="columns">
        <div class="side">
          {brands.map(brand => (
            <Profile
              name={brand.name}
              line={`@${brand.username}@${world.host}`}
              about={brand.bio}
              numbers={`${brand.followers.toLocaleString('en')} followers`}
            />
          ))}
          <form class="card" method="post" action="/_page/post" id="compose">
            <h2>{answering ? 'Answer as a customer' : 'Write as a customer'}</h2>
            {answering && (
              <p class="quote">
                {answering.text} <a href={`/?as=${encodeURIComponent(query.as ?? '')}`}>Do not answer this</a>
              </p>
            )}
            <input type="hidden" name="answering" value={answering?.id ?? ''} />
            <WriteAs value={query.as ?? people[0]?.name ?? ''} />
            <label>
              What happened?
              <textarea name="text" required maxlength={1000} autofocus={answering !== undefined} />
            </label>
            <WithPicture />
            <label>
              Content warning
              <input name="warning" maxlength={100} autocomplete="off" />
            </label>
            {brands.map(brand => (
              <label class="choice">
                <input type="checkbox" name="mention" value={brand.id} checked={!answering} />
                <span>
                  Mention <span class="handle">@{brand.username}</span>
                </span>
              </label>
            ))}
            <label class="choice">
              <input type="checkbox" name="direct" value="yes" checked={isDirect} />
              <span>Directly: only those mentioned see it</span>
            </label>
            <div class="row">
              <button type="submit">Post</button>
            </div>
          </form>
        </div>
        <main class="stack" id="live" aria-label={isDirect ? 'Direct' : 'Timeline'}>
          {query.thread && (
            <p class="quiet">
              One thread. <a href={isDirect ? '/?tab=direct' : '/'}>Show all</a>
            </p>
          )}
          {roots.map(root => (
            <section class="card">
              <Thread world={world} status={root} depth={0} as={query.as ?? ''} isDirect={isDirect} />
            </section>
          ))}
          {roots.length === 0 && <div class="card empty">Nobody has written here yet. Be the first.</div>}
        </main>
      </div>
    </Page>
  )
}

/** The threads where something happened last; or the one thread a link names. */
function threadsOf({ state }: MastodonWorld, thread: string | undefined, isDirect: boolean): MastodonStatus[] {
  const isShown = (status: MastodonStatus) => (status.visibility === 'direct') === isDirect
  const rootOf = (status: MastodonStatus) => ancestorsOf(state, status).find(isShown) ?? status
  const named = state.statuses.get(thread ?? '')
  if (named && isShown(named)) return [rootOf(named)]
  const roots = new Map<string, MastodonStatus>()
  for (const id of state.timeline.toReversed()) {
    const status = state.statuses.get(id)
    if (!status || !isShown(status)) continue
    const root = rootOf(status)
    roots.set(root.id, root)
    if (roots.size === threadsShown) break
  }
  return [...roots.values()]
}

function Thread(props: { world: MastodonWorld; status: MastodonStatus; depth: number; as: string; isDirect: boolean }) {
  const { world, status, depth, as, isDirect } = props
  const author = world.state.accounts.get(status.accountId)
  const marks = [
    ...(status.editedAt === null ? [] : ['edited']),
    ...(status.visibility === 'public' ? [] : [status.visibility === 'private' ? 'followers only' : status.visibility]),
  ]
  if (world.state.favourites.get(status.id)?.size) marks.push('favourited by the brand')
  const children = childrenOf(world.state, status.id).filter(one => (one.visibility === 'direct') === isDirect)
  const below = children.length > 0 && children.map(child => <Thread {...props} status={child} depth={depth + 1} />)
  return (
    <>
      <Post
        id={status.id}
        name={author?.name ?? 'Somebody'}
        line={author ? `@${acctOf(author)}` : undefined}
        ours={author?.isBrand ?? false}
        at={status.at}
        now={world.clock.now()}
        text={status.warning ? `[CW: ${status.warning}] ${status.text}` : status.text}
        marks={marks}
        href={`/?${isDirect ? 'tab=direct&' : ''}thread=${status.id}#p-${status.id}`}
        answerHref={`/?${isDirect ? 'tab=direct&' : ''}answer=${status.id}${as ? `&as=${encodeURIComponent(as)}` : ''}#compose`}
      >
        <Uploads of={status.uploads} />
      </Post>
      {/* Deep threads go on at the second step, or a phone has no room for words. */}
      {below && (depth < 2 ? <div class="replies">{below}</div> : below)}
    </>
  )
}
