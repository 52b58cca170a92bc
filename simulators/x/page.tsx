// X's public page: the timeline in threads, a form to write as an invented customer, and each customer's direct messages.
import { Hono } from 'hono'
import { handleFor, people } from '../people.ts'
import { picturesIn, Uploads, WithPicture } from '../shown-uploads.tsx'
import { Face, Page, Post, Profile, pageAssets, WriteAs } from '../timeline-page.tsx'
import type { XControl } from './control.ts'
import { childrenOf, historyOf, visiblePost, type XPost, type XUser } from './state.ts'
import type { XWorld } from './world.ts'

const threadsShown = 60

export function pageRoutes(world: XWorld, control: XControl): Hono {
  const { state } = world
  const routes = new Hono()
  pageAssets(routes, world.watch)

  routes.get('/', c => {
    const query = c.req.query()
    return c.html(query.tab === 'messages' ? <Messages world={world} query={query} /> : <Timeline world={world} query={query} />)
  })
  routes.get('/:handle/status/:id{[0-9]+}', c => c.redirect(`/?thread=${c.req.param('id')}#p-${c.req.param('id')}`))

  routes.get('/messages/*', c => {
    const other = c.req.query('recipient_id') ?? c.req.path.split(/[/-]/).find(id => state.users.get(id)?.isBrand === false)
    return c.redirect(`/?tab=messages&as=${encodeURIComponent(state.users.get(other ?? '')?.name ?? '')}`)
  })

  routes.post('/_page/post', async c => {
    const form = await c.req.parseBody()
    const text = String(form.text ?? '').trim()
    const inReplyTo = String(form.answering ?? '')
    const as = String(form.as ?? '')
    if (!text || !as.trim()) return c.redirect(`/?as=${encodeURIComponent(as)}`)
    const brand = state.users.get(String(form.mention ?? ''))
    const says = brand && !text.toLowerCase().includes(`@${brand.username.toLowerCase()}`) ? `@${brand.username} ${text}` : text
    const from = handleFor(as)
    const post = control.post({
      from,
      text: says,
      inReplyTo: visiblePost(state, inReplyTo) ? inReplyTo : undefined,
      pictures: picturesIn(form),
    })
    return c.redirect(`/?as=${encodeURIComponent(from.name)}#p-${post.id}`)
  })
  routes.post('/_page/message', async c => {
    const form = await c.req.parseBody()
    const text = String(form.text ?? '').trim()
    const from = handleFor(String(form.as ?? ''))
    const brand = state.users.get(String(form.to ?? ''))
    if (text && brand) control.directMessage({ from, to: brand.username, text, pictures: picturesIn(form) })
    return c.redirect(`/?tab=messages&as=${encodeURIComponent(from.name)}`)
  })
  return routes
}

interface Shown {
  world: XWorld
  query: Record<string, string>
}

function tabs(current: 'public' | 'messages') {
  return [
    { href: '/', label: 'Timeline', current: current === 'public' },
    { href: '/?tab=messages', label: 'Direct messages', current: current === 'messages' },
  ]
}

function brandsOf(world: XWorld): XUser[] {
  return [...world.state.users.values()].filter(user => user.isBrand)
}

function Timeline({ world, query }: Shown) {
  const { state } = world
  const brands = brandsOf(world)
  const answering = visiblePost(state, query.answer ?? '')
  const roots = threadsOf(world, query.thread)
  return (
    <Page title="X, simulated" brand="x" tabs={tabs('public')}>
      <div class="columns">
        <div class="side">
          {brands.map(brand => (
            <Profile
              name={brand.name}
              line={`@${brand.username}`}
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
            {brands.map(brand => (
              <label class="choice">
                <input type="checkbox" name="mention" value={brand.id} checked={!answering} />
                <span>
                  Mention <span class="handle">@{brand.username}</span>
                </span>
              </label>
            ))}
            <div class="row">
              <button type="submit">Post</button>
            </div>
          </form>
        </div>
        <main class="stack" id="live" aria-label="Timeline">
          {query.thread && (
            <p class="quiet">
              One thread. <a href="/">Show the whole timeline</a>
            </p>
          )}
          {roots.map(root => (
            <section class="card">
              <Thread world={world} post={root} depth={0} as={query.as ?? ''} />
            </section>
          ))}
          {roots.length === 0 && <div class="card empty">Nobody has written yet. Be the first.</div>}
        </main>
      </div>
    </Page>
  )
}

/** The threads where something happened last; or the one thread a link names. */
function threadsOf(world: XWorld, thread: string | undefined): XPost[] {
  const { state } = world
  const rootOf = (start: XPost): XPost => {
    let post = start
    for (;;) {
      const parent = post.inReplyTo ? visiblePost(state, historyOf(state, post.inReplyTo).at(-1) ?? '') : undefined
      if (!parent) return post
      post = parent
    }
  }
  const named = thread ? visiblePost(state, thread) : undefined
  if (named) return [rootOf(named)]
  const roots = new Map<string, XPost>()
  for (let at = state.timeline.length - 1; at >= 0 && roots.size < threadsShown; at--) {
    const post = state.posts.get(state.timeline[at] ?? '')
    if (!post) continue
    const root = rootOf(post)
    roots.set(root.id, root)
  }
  return [...roots.values()]
}

function Thread({ world, post, depth, as }: { world: XWorld; post: XPost; depth: number; as: string }) {
  const { state } = world
  const author = state.users.get(post.authorId)
  const children = childrenOf(state, post.id)
  const marks = [
    ...(historyOf(state, post.id).length > 1 ? ['edited'] : []),
    ...(state.hidden.has(post.id) ? ['hidden by the brand'] : []),
    ...(state.likes.get(post.id)?.size ? ['liked by the brand'] : []),
  ]
  const quoted = post.quotes ? visiblePost(state, post.quotes) : undefined
  const below = children.length > 0 && children.map(child => <Thread world={world} post={child} depth={depth + 1} as={as} />)
  return (
    <>
      <Post
        id={post.id}
        name={author?.name ?? 'Somebody'}
        line={`@${author?.username ?? ''}`}
        ours={author?.isBrand ?? false}
        at={post.at}
        now={world.clock.now()}
        text={post.text}
        marks={marks}
        href={`/?thread=${post.id}#p-${post.id}`}
        answerHref={`/?answer=${post.id}${as ? `&as=${encodeURIComponent(as)}` : ''}#compose`}
      >
        <Uploads of={post.uploads} />
        {quoted && <p class="quote">{quoted.text}</p>}
      </Post>
      {/* Deep threads go on at the second step, or a phone has no room for words. */}
      {below && (depth < 2 ? <div class="replies">{below}</div> : below)}
    </>
  )
}

function Messages({ world, query }: Shown) {
  const { state } = world
  const brands = brandsOf(world)
  const isBrand = (id: string) => state.users.get(id)?.isBrand === true
  const lastOf = new Map<string, string>()
  for (const message of state.messages) {
    const customer = isBrand(message.from) ? message.to : message.from
    lastOf.delete(customer)
    lastOf.set(customer, message.text)
  }
  const talkers = [...lastOf].reverse()
  const asked = query.as ? state.byHandle.get(handleFor(query.as).handle.toLowerCase()) : undefined
  const who = asked ?? (query.as ? undefined : state.users.get(talkers[0]?.[0] ?? ''))
  const shown = who ? state.messages.filter(message => message.from === who.id || message.to === who.id) : []
  return (
    <Page title="Direct messages, simulated X" brand="x" tabs={tabs('messages')}>
      <div class="columns">
        <div class="side">
          <form class="card" method="post" action="/_page/message" id="compose">
            <h2>Message the brand</h2>
            <WriteAs value={query.as ?? who?.name ?? people[0]?.name ?? ''} />
            <label>
              To
              <select name="to">
                {brands.map(brand => (
                  <option value={brand.id}>{brand.name}</option>
                ))}
              </select>
            </label>
            <label>
              Message
              <textarea name="text" required maxlength={2000} />
            </label>
            <WithPicture />
            <div class="row">
              <button type="submit">Send privately</button>
            </div>
          </form>
        </div>
        <main class="stack" id="live" aria-label="Direct messages">
          {talkers.length > 0 && (
            <nav class="card" aria-label="Conversations">
              <ul class="list">
                {talkers.slice(0, 12).map(([id, last]) => {
                  const name = state.users.get(id)?.name ?? id
                  return (
                    <li>
                      <a href={`/?tab=messages&as=${encodeURIComponent(name)}`} aria-current={id === who?.id ? 'true' : undefined}>
                        <Face name={name} />
                        <span>
                          <strong>{name}</strong> <small>{last}</small>
                        </span>
                      </a>
                    </li>
                  )
                })}
              </ul>
            </nav>
          )}
          <section class="card talk" aria-label={who ? `Conversation of ${who.name}` : 'Conversation'}>
            {who && <h2>{who.name} and the brand</h2>}
            {shown.map(message => (
              <div class={isBrand(message.from) ? 'bubble theirs' : 'bubble'} id={`m-${message.id}`}>
                {message.text}
                <Uploads of={message.uploads} />
                <small>{state.users.get(message.from)?.name}</small>
              </div>
            ))}
            {shown.length === 0 && <div class="empty">No direct messages yet.</div>}
          </section>
        </main>
      </div>
    </Page>
  )
}
