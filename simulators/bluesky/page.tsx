// Bluesky's public page: the timeline in threads, a form to write as an invented customer, and the private talks.
import { Hono } from 'hono'
import { handleFor, people } from '../people.ts'
import { picturesIn, Uploads, WithPicture } from '../shown-uploads.tsx'
import { Face, Page, Post, Profile, pageAssets, WriteAs } from '../timeline-page.tsx'
import { convoIdOf } from './chat.ts'
import { type BlueskyControl, handleOf } from './control.ts'
import { repliesTo } from './feed.ts'
import {
  type BlueskyPost,
  type BlueskyUser,
  type BlueskyWorld,
  imagesOf,
  isHidden,
  likesOf,
  linkOf,
  newestFirst,
  sortedAt,
} from './state.ts'

const threadsShown = 60

export function pageRoutes(world: BlueskyWorld, control: BlueskyControl): Hono {
  const { state } = world
  const routes = new Hono()
  pageAssets(routes, world.watch)

  routes.get('/', c => {
    const query = c.req.query()
    return c.html(query.tab === 'messages' ? <Messages world={world} query={query} /> : <Timeline world={world} query={query} />)
  })
  routes.get('/profile/:actor/post/:rkey', c => {
    const { actor, rkey } = c.req.param()
    const did = state.byHandle.get(actor)?.did ?? actor
    return c.redirect(`/?thread=${encodeURIComponent(`at://${did}/app.bsky.feed.post/${rkey}`)}#p-${rkey}`)
  })
  routes.get('/messages', c => c.redirect('/?tab=messages'))
  routes.get('/messages/:convoId', c => c.redirect(`/?tab=messages#${encodeURIComponent(c.req.param('convoId'))}`))

  routes.post('/_page/post', async c => {
    const form = await c.req.parseBody()
    const text = String(form.text ?? '').trim()
    const as = String(form.as ?? '')
    if (!text || !as.trim()) return c.redirect(`/?as=${encodeURIComponent(as)}`)
    const brand = state.users.get(String(form.mention ?? ''))
    const says = brand && !text.toLowerCase().includes(`@${brand.handle}`) ? `@${brand.handle} ${text}` : text
    const answering = state.posts.get(String(form.answering ?? ''))
    const from = handleFor(as)
    const post = control.post({ from, text: says, pictures: picturesIn(form), ...(answering && { inReplyTo: answering.uri }) })
    return c.redirect(`/?as=${encodeURIComponent(from.name)}#p-${post.uri.split('/').at(-1)}`)
  })
  routes.post('/_page/message', async c => {
    const form = await c.req.parseBody()
    const text = String(form.text ?? '').trim()
    const from = handleFor(String(form.as ?? ''))
    const brand = state.users.get(String(form.to ?? ''))
    if (text && brand) control.directMessage({ from, to: brand.handle, text })
    return c.redirect(`/?tab=messages&as=${encodeURIComponent(from.name)}`)
  })
  return routes
}

interface Shown {
  world: BlueskyWorld
  query: Record<string, string>
}

function tabs(current: 'public' | 'messages') {
  return [
    { href: '/', label: 'Timeline', current: current === 'public' },
    { href: '/?tab=messages', label: 'Chat', current: current === 'messages' },
  ]
}

function brandsOf(world: BlueskyWorld): BlueskyUser[] {
  return [...world.state.users.values()].filter(user => user.isBrand)
}

function Timeline({ world, query }: Shown) {
  const { state } = world
  const brands = brandsOf(world)
  const answering = state.posts.get(query.answer ?? '')
  const roots = threadsOf(world, query.thread)
  return (
    <Page title="Bluesky, simulated" brand="x" standsFor="Bluesky" tabs={tabs('public')}>
      <div class="columns">
        <div class="side">
          {brands.map(brand => (
            <Profile
              name={brand.name}
              line={`@${brand.handle}`}
              about={brand.bio}
              numbers={`${brand.followers.toLocaleString('en')} followers`}
            />
          ))}
          <form class="card" method="post" action="/_page/post" id="compose">
            <h2>{answering ? 'Answer as a customer' : 'Write as a customer'}</h2>
            {answering && (
              <p class="quote">
                {answering.record.text} <a href={`/?as=${encodeURIComponent(query.as ?? '')}`}>Do not answer this</a>
              </p>
            )}
            <input type="hidden" name="answering" value={answering?.uri ?? ''} />
            <WriteAs value={query.as ?? people[0]?.name ?? ''} />
            <label>
              What’s up?
              <textarea name="text" required maxlength={280} autofocus={answering !== undefined} />
            </label>
            <WithPicture />
            {brands.map(brand => (
              <label class="choice">
                <input type="checkbox" name="mention" value={brand.did} checked={!answering} />
                <span>
                  Mention <span class="handle">@{brand.handle}</span>
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
function threadsOf(world: BlueskyWorld, thread: string | undefined): BlueskyPost[] {
  const { posts } = world.state
  const rootOf = (start: BlueskyPost): BlueskyPost => {
    const parent = posts.get(start.record.reply?.parent.uri ?? '')
    return parent ? rootOf(parent) : start
  }
  const named = posts.get(thread ?? '')
  if (named) return [rootOf(named)]
  return [...new Set(newestFirst(posts.values()).map(rootOf))].slice(0, threadsShown)
}

function Thread({ world, post, depth, as }: { world: BlueskyWorld; post: BlueskyPost; depth: number; as: string }) {
  const { state } = world
  const author = state.users.get(post.did)
  const quoted = state.posts.get((post.record.embed as { record?: { uri?: string } } | undefined)?.record?.uri ?? '')
  const children = repliesTo(state, post.uri)
  const below = children.length > 0 && children.map(child => <Thread world={world} post={child} depth={depth + 1} as={as} />)
  return (
    <>
      <Post
        id={post.rkey}
        name={author?.name ?? 'Somebody'}
        line={`@${author?.handle ?? ''}`}
        ours={author?.isBrand ?? false}
        at={sortedAt(post)}
        now={world.clock.now()}
        text={post.record.text}
        marks={[
          ...(likesOf(state, post.uri).length ? ['liked by the brand'] : []),
          ...(isHidden(state, post) ? ['hidden by the brand'] : []),
        ]}
        href={`/profile/${author?.handle ?? post.did}/post/${post.rkey}`}
        answerHref={`/?answer=${encodeURIComponent(post.uri)}${as ? `&as=${encodeURIComponent(as)}` : ''}#compose`}
      >
        <Uploads of={imagesOf(post.record).map(({ image, alt }) => ({ id: linkOf(image), alt }))} />
        {quoted && <p class="quote">{quoted.record.text}</p>}
      </Post>
      {/* Deep threads go on at the second step, or a phone has no room for words. */}
      {below && (depth < 2 ? <div class="replies">{below}</div> : below)}
    </>
  )
}

function Messages({ world, query }: Shown) {
  const { state } = world
  const brands = brandsOf(world)
  const asked = query.as ? state.byHandle.get(handleOf(handleFor(query.as).handle)) : undefined
  const talks = new Map<string, typeof state.messages>()
  for (const message of state.messages) {
    if (asked && !brands.some(brand => convoIdOf(brand.did, asked.did) === message.convoId)) continue
    talks.set(message.convoId, [...(talks.get(message.convoId) ?? []), message])
  }
  return (
    <Page title="Chat, simulated Bluesky" brand="x" standsFor="Bluesky" tabs={tabs('messages')}>
      <div class="columns">
        <div class="side">
          <form class="card" method="post" action="/_page/message" id="compose">
            <h2>Message the brand</h2>
            <WriteAs value={query.as ?? people[0]?.name ?? ''} />
            <label>
              To
              <select name="to">
                {brands.map(brand => (
                  <option value={brand.did}>{brand.name}</option>
                ))}
              </select>
            </label>
            <label>
              Message
              <textarea name="text" required maxlength={1000} />
            </label>
            <div class="row">
              <button type="submit">Send</button>
            </div>
          </form>
        </div>
        <main class="stack" id="live" aria-label="Chat">
          {[...talks].reverse().map(([convoId, messages]) => (
            <section class="card" id={convoId}>
              {messages.map(message => (
                <div class="post">
                  <Face name={state.users.get(message.from)?.name ?? '?'} ours={state.users.get(message.from)?.isBrand ?? false} />
                  <div class="body">
                    <strong>{state.users.get(message.from)?.name}</strong>
                    <p>{message.isDeleted ? '(deleted)' : message.text}</p>
                  </div>
                </div>
              ))}
            </section>
          ))}
          {talks.size === 0 && <div class="card empty">No messages yet.</div>}
        </main>
      </div>
    </Page>
  )
}
