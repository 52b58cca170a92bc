// Facebook's public page: the page's posts with their comments, a form to write as an invented customer, and Messenger.
import { Hono } from 'hono'
import { people } from '../people.ts'
import { picturesIn, Uploads, WithPicture } from '../shown-uploads.tsx'
import { Face, Page, Post, Profile, pageAssets, WriteAs } from '../timeline-page.tsx'
import type { GraphControl } from './control.ts'
import { commentsUnder, conversationsOf } from './render.ts'
import type { GraphComment, GraphPage, GraphPost } from './state.ts'
import type { GraphWorld } from './world.ts'

const postsShown = 40
const commentsShown = 120

export function pageRoutes(world: GraphWorld, control: GraphControl): Hono {
  const { state } = world
  const routes = new Hono()
  pageAssets(routes, world.watch)

  routes.get('/', c => {
    const query = c.req.query()
    return c.html(query.tab === 'messages' ? <Messenger world={world} query={query} /> : <Wall world={world} query={query} />)
  })
  routes.get('/permalink/:id', c => {
    const last = c.req.query('reply_comment_id') ?? c.req.query('comment_id')
    const id = last ? `${c.req.param('id').split('_')[1]}_${last}` : c.req.param('id')
    const post = state.comments.get(id)?.postId ?? (state.posts.has(id) ? id : undefined)
    return c.redirect(post ? `/?thread=${post}#p-${id}` : '/')
  })
  routes.get('/latest/inbox/messenger', c => c.redirect('/?tab=messages'))
  // A person's browser at an object's bare address; a call of the API has a token.
  routes.get('/:id{[0-9]+_[0-9]+}', (c, next) => {
    const isPerson = (c.req.header('accept') ?? '').includes('text/html') && !c.req.query('access_token') && !c.req.header('authorization')
    return isPerson ? c.redirect(`/permalink/${c.req.param('id')}`) : next()
  })

  routes.post('/_page/post', async c => {
    const form = await c.req.parseBody()
    const text = String(form.text ?? '').trim()
    const from = nameOf(String(form.as ?? ''))
    const on = String(form.answering ?? '')
    const page = state.pages.get(String(form.page ?? ''))
    if (!text || !from || !page) return c.redirect(`/?as=${encodeURIComponent(from)}`)
    const made =
      state.posts.has(on) || state.comments.has(on)
        ? control.comment({ on, from, message: text, pictures: picturesIn(form) })
        : control.post({
            page: page.id,
            from,
            message: form.where === 'elsewhere' ? `@${page.username} ${text}` : text,
            elsewhere: form.where === 'elsewhere',
            pictures: picturesIn(form),
          })
    return c.redirect(`/?as=${encodeURIComponent(from)}#p-${made.id}`)
  })
  routes.post('/_page/message', async c => {
    const form = await c.req.parseBody()
    const text = String(form.text ?? '').trim()
    const from = nameOf(String(form.as ?? ''))
    const page = state.pages.get(String(form.page ?? ''))
    if (text && from && page) control.message({ page: page.id, from, text, pictures: picturesIn(form) })
    return c.redirect(`/?tab=messages&as=${encodeURIComponent(from)}`)
  })
  return routes
}

interface Shown {
  world: GraphWorld
  query: Record<string, string>
}

/** On Facebook people have names, no handles. */
function nameOf(typed: string): string {
  const plain = typed.trim().replace(/^@/, '')
  return people.find(person => person.handle === plain.toLowerCase())?.name ?? plain
}

function tabs(world: GraphWorld, current: 'public' | 'messages') {
  return [
    { href: '/', label: 'Page', current: current === 'public' },
    { href: '/?tab=messages', label: 'Messenger', current: current === 'messages' },
    ...(world.state.instagram.accounts.size > 0 ? [{ href: '/instagram', label: 'Instagram', current: false }] : []),
  ]
}

function Wall({ world, query }: Shown) {
  const { state } = world
  const pages = [...state.pages.values()]
  const answering = state.comments.get(query.answer ?? '') ?? state.posts.get(query.answer ?? '')
  const named = state.posts.get(query.thread ?? '')
  const lastWord = (post: GraphPost) => Math.max(post.at, state.comments.get(state.commentsOf.get(post.id)?.at(-1) ?? '')?.at ?? 0)
  const posts = named ? [named] : [...state.posts.values()].sort((a, b) => lastWord(b) - lastWord(a)).slice(0, postsShown)
  return (
    <Page title="Facebook, simulated" brand="graph" tabs={tabs(world, 'public')}>
      <div class="columns">
        <div class="side">
          {pages.map(page => (
            <Profile
              name={page.name}
              line={`Facebook page · @${page.username}`}
              about={page.about}
              numbers={`${page.followers.toLocaleString('en')} people follow this`}
            />
          ))}
          <form class="card" method="post" action="/_page/post" id="compose">
            <h2>{answering ? 'Comment as a customer' : 'Write on the page as a customer'}</h2>
            {answering && (
              <p class="quote">
                {answering.message} <a href={`/?as=${encodeURIComponent(query.as ?? '')}`}>Do not answer this</a>
              </p>
            )}
            <input type="hidden" name="answering" value={answering?.id ?? ''} />
            <WriteAs value={query.as ?? people[0]?.name ?? ''} />
            <PageChoice pages={pages} />
            <label>
              What would you say?
              <textarea name="text" required maxlength={8000} autofocus={answering !== undefined} />
            </label>
            <WithPicture />
            {!answering && (
              <label>
                Where
                <select name="where">
                  <option value="page">On the page, for everybody to see</option>
                  <option value="elsewhere">On my own wall, naming the page</option>
                </select>
              </label>
            )}
            <div class="row">
              <button type="submit">{answering ? 'Comment' : 'Post'}</button>
            </div>
          </form>
        </div>
        <main class="stack" id="live" aria-label="Page posts">
          {named && (
            <p class="quiet">
              One post. <a href="/">Show the whole page</a>
            </p>
          )}
          {posts.map(post => (
            <section class="card">
              <WallPost world={world} post={post} as={query.as ?? ''} />
            </section>
          ))}
          {posts.length === 0 && <div class="card empty">Nobody has written yet. Be the first.</div>}
        </main>
      </div>
    </Page>
  )
}

function PageChoice({ pages }: { pages: GraphPage[] }) {
  if (pages.length < 2) return <input type="hidden" name="page" value={pages[0]?.id ?? ''} />
  return (
    <label>
      Page
      <select name="page">
        {pages.map(page => (
          <option value={page.id}>{page.name}</option>
        ))}
      </select>
    </label>
  )
}

function WallPost({ world, post, as }: { world: GraphWorld; post: GraphPost; as: string }) {
  const top = commentsUnder(world, post, false).slice(-commentsShown)
  const where = world.state.pages.has(post.ownerId) ? (post.authorId === post.ownerId ? undefined : 'on the page') : 'on their own wall'
  return (
    <>
      <Item world={world} item={post} as={as} line={where} />
      {top.length > 0 && (
        <div class="replies">
          {top.map(comment => {
            const answers = commentsUnder(world, comment, false)
            return (
              <>
                <Item world={world} item={comment} as={as} />
                {answers.length > 0 && (
                  <div class="replies">
                    {answers.map(answer => (
                      <Item world={world} item={answer} as={as} />
                    ))}
                  </div>
                )}
              </>
            )
          })}
        </div>
      )}
    </>
  )
}

function Item({ world, item, as, line }: { world: GraphWorld; item: GraphPost | GraphComment; as: string; line?: string }) {
  const { state } = world
  const ours = state.pages.get(item.authorId)
  const marks = [
    ...(item.editedAt ? ['edited'] : []),
    ...(item.isHidden ? ['hidden by the page'] : []),
    ...('isLiked' in item && item.isLiked ? ['liked by the page'] : []),
  ]
  return (
    <Post
      id={item.id}
      name={ours?.name ?? state.people.get(item.authorId)?.name ?? 'Somebody'}
      line={line}
      ours={ours !== undefined}
      at={item.at}
      now={world.clock.now()}
      text={item.message}
      marks={marks}
      href={'postId' in item ? `/permalink/${item.postId}?comment_id=${item.id.split('_')[1]}` : `/permalink/${item.id}`}
      answerHref={`/?answer=${item.id}${as ? `&as=${encodeURIComponent(as)}` : ''}#compose`}
    >
      <Uploads of={item.uploads} />
    </Post>
  )
}

function Messenger({ world, query }: Shown) {
  const { state } = world
  const pages = [...state.pages.values()]
  const conversations = pages.flatMap(page => conversationsOf(world, page.id))
  const asked = query.as ? nameOf(query.as) : undefined
  const shown = conversations.find(
    conversation => !asked || state.people.get(conversation.personId)?.name.toLowerCase() === asked.toLowerCase(),
  )
  const who = shown && state.people.get(shown.personId)?.name
  return (
    <Page title="Messenger, simulated" brand="graph" tabs={tabs(world, 'messages')}>
      <div class="columns">
        <div class="side">
          <form class="card" method="post" action="/_page/message" id="compose">
            <h2>Message the page</h2>
            <WriteAs value={query.as ?? who ?? people[0]?.name ?? ''} />
            <PageChoice pages={pages} />
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
        <main class="stack" id="live" aria-label="Messenger">
          {conversations.length > 0 && (
            <nav class="card" aria-label="Conversations">
              <ul class="list">
                {conversations.slice(0, 12).map(conversation => {
                  const name = state.people.get(conversation.personId)?.name ?? ''
                  return (
                    <li>
                      <a href={`/?tab=messages&as=${encodeURIComponent(name)}`} aria-current={conversation === shown ? 'true' : undefined}>
                        <Face name={name} />
                        <span>
                          <strong>{name}</strong> <small>{conversation.messages.at(-1)?.text}</small>
                        </span>
                      </a>
                    </li>
                  )
                })}
              </ul>
            </nav>
          )}
          <section class="card talk" aria-label={who ? `Conversation of ${who}` : 'Conversation'}>
            {shown && <h2>{`${who} and ${state.pages.get(shown.pageId)?.name ?? 'the page'}`}</h2>}
            {(shown?.messages ?? []).map(message => (
              <div class={message.fromPage ? 'bubble theirs' : 'bubble'} id={`m-${message.id}`}>
                {message.text}
                <Uploads of={message.uploads} />
                <small>{message.fromPage ? state.pages.get(message.pageId)?.name : who}</small>
              </div>
            ))}
            {!shown && <div class="empty">No messages yet.</div>}
          </section>
        </main>
      </div>
    </Page>
  )
}
