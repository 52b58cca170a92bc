// Instagram's public page: photos with their comments, a form to write as an invented customer, and Direct.
import { Hono } from 'hono'
import { people } from '../../people.ts'
import { picturesIn, Uploads, WithPicture } from '../../shown-uploads.tsx'
import { Face, Page, Post, Profile, WriteAs } from '../../timeline-page.tsx'
import type { GraphControl } from '../control.ts'
import type { GraphWorld } from '../world.ts'
import { usernameOf } from './happenings.ts'
import { answersTo, commentsOf, directsOf, permalink } from './render.ts'
import type { InstagramAccount, InstagramComment, InstagramMedia } from './state.ts'

const photosShown = 30

export function instagramPages(world: GraphWorld, control: GraphControl): Hono {
  const { media, comments, accounts } = world.state.instagram
  const routes = new Hono()

  routes.get('/instagram', c => {
    const query = c.req.query()
    return c.html(query.tab === 'direct' ? <Direct world={world} query={query} /> : <Photos world={world} query={query} />)
  })
  routes.get('/p/:code/:rest{.*}?', c => {
    const one = [...media.values()].find(candidate => candidate.code === c.req.param('code'))
    const last = /(\d+)\/?$/.exec(c.req.param('rest') ?? '')?.[1]
    return c.redirect(one ? `/instagram?photo=${one.id}${last ? `#p-${last}` : ''}` : '/instagram')
  })
  routes.get('/direct/inbox/', c => c.redirect('/instagram?tab=direct'))

  routes.post('/_page/instagram', async c => {
    const form = await c.req.parseBody()
    const text = String(form.text ?? '').trim()
    const from = String(form.as ?? '').trim()
    const on = String(form.answering ?? '')
    const account = accounts.get(String(form.account ?? ''))
    if (!text || !from || !account) return c.redirect(`/instagram?as=${encodeURIComponent(from)}`)
    const made =
      media.has(on) || comments.has(on)
        ? control.instagramComment({ on, from, text })
        : control.photo({
            from,
            caption: form.how === 'mention' ? `${text} @${account.username}` : text,
            tags: form.how === 'tag' ? [account.username] : [],
          })
    return c.redirect(`/instagram?as=${encodeURIComponent(from)}#p-${made.id}`)
  })
  routes.post('/_page/direct', async c => {
    const form = await c.req.parseBody()
    const text = String(form.text ?? '').trim()
    const from = String(form.as ?? '').trim()
    const account = String(form.account ?? '')
    if (text && from && accounts.has(account)) control.direct({ account, from, text, pictures: picturesIn(form) })
    return c.redirect(`/instagram?tab=direct&as=${encodeURIComponent(from)}`)
  })
  return routes
}

interface Shown {
  world: GraphWorld
  query: Record<string, string>
}

function tabs(current: 'photos' | 'direct') {
  return [
    { href: '/instagram', label: 'Photos', current: current === 'photos' },
    { href: '/instagram?tab=direct', label: 'Direct', current: current === 'direct' },
    { href: '/', label: 'Facebook', current: false },
  ]
}

function Photos({ world, query }: Shown) {
  const { media, comments, accounts } = world.state.instagram
  const answering = media.get(query.answer ?? '') ?? comments.get(query.answer ?? '')
  const named = media.get(query.photo ?? '')
  const lastWord = (one: InstagramMedia) => Math.max(one.at, commentsOf(world, one).at(-1)?.at ?? 0)
  const photos = named ? [named] : [...media.values()].sort((a, b) => lastWord(b) - lastWord(a)).slice(0, photosShown)
  return (
    <Page title="Instagram, simulated" brand="graph" standsFor="Instagram" tabs={tabs('photos')}>
      <div class="columns">
        <div class="side">
          {[...accounts.values()].map(account => (
            <Profile
              name={account.name}
              line={`Instagram · @${account.username}`}
              about={account.about}
              numbers={`${account.followers.toLocaleString('en')} followers`}
            />
          ))}
          <form class="card" method="post" action="/_page/instagram" id="compose">
            <h2>{answering ? 'Comment as a customer' : 'Share a photo as a customer'}</h2>
            {answering && (
              <p class="quote">
                {'caption' in answering ? answering.caption : answering.text}{' '}
                <a href={`/instagram?as=${encodeURIComponent(query.as ?? '')}`}>Do not answer this</a>
              </p>
            )}
            <input type="hidden" name="answering" value={answering?.id ?? ''} />
            <WriteAs value={query.as ?? people[0]?.name ?? ''} />
            <AccountChoice accounts={[...accounts.values()]} />
            <label>
              {answering ? 'What would you say?' : 'Caption'}
              <textarea name="text" required maxlength={2200} autofocus={answering !== undefined} />
            </label>
            {!answering && (
              <label>
                How
                <select name="how">
                  <option value="mention">Mention them in the caption</option>
                  <option value="tag">Tag them in the picture</option>
                </select>
              </label>
            )}
            <div class="row">
              <button type="submit">{answering ? 'Comment' : 'Share'}</button>
            </div>
          </form>
        </div>
        <main class="stack" id="live" aria-label="Photos">
          {named && (
            <p class="quiet">
              One photo. <a href="/instagram">Show all of them</a>
            </p>
          )}
          {photos.map(one => (
            <section class="card">
              <Photo world={world} media={one} as={query.as ?? ''} />
            </section>
          ))}
          {photos.length === 0 && <div class="card empty">No photo yet. Share the first.</div>}
        </main>
      </div>
    </Page>
  )
}

function AccountChoice({ accounts }: { accounts: InstagramAccount[] }) {
  if (accounts.length < 2) return <input type="hidden" name="account" value={accounts[0]?.id ?? ''} />
  return (
    <label>
      Account
      <select name="account">
        {accounts.map(account => (
          <option value={account.id}>@{account.username}</option>
        ))}
      </select>
    </label>
  )
}

function Photo({ world, media, as }: { world: GraphWorld; media: InstagramMedia; as: string }) {
  const { accounts } = world.state.instagram
  const top = commentsOf(world, media).filter(comment => !comment.parentId)
  const tags = media.tags.flatMap(id => accounts.get(id)?.username ?? [])
  const hue = Number(BigInt(media.id) % 360n)
  return (
    <>
      <div
        aria-hidden="true"
        style={`height:11rem;border-radius:10px;margin-bottom:.8rem;background:linear-gradient(${hue}deg,hsl(${hue} 40% 38%),hsl(${(hue + 70) % 360} 45% 62%))`}
      />
      <Post
        id={media.id}
        name={nameOf(world, media.ownerId)}
        line={`@${usernameOf(world, media.ownerId)}`}
        ours={accounts.has(media.ownerId)}
        at={media.at}
        now={world.clock.now()}
        text={media.caption}
        marks={[...(media.isLive ? ['live'] : []), ...tags.map(username => `tags @${username}`)]}
        href={new URL(permalink(world, media)).pathname}
        answerHref={answerLink(media.id, as)}
      />
      {top.length > 0 && (
        <div class="replies">
          {top.map(comment => {
            const answers = answersTo(world, comment)
            return (
              <>
                <Comment world={world} comment={comment} as={as} />
                {answers.length > 0 && (
                  <div class="replies">
                    {answers.map(one => (
                      <Comment world={world} comment={one} as={as} />
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

function Comment({ world, comment, as }: { world: GraphWorld; comment: InstagramComment; as: string }) {
  return (
    <Post
      id={comment.id}
      name={nameOf(world, comment.authorId)}
      line={`@${usernameOf(world, comment.authorId)}`}
      ours={world.state.instagram.accounts.has(comment.authorId)}
      at={comment.at}
      now={world.clock.now()}
      text={comment.text}
      marks={comment.isHidden ? ['hidden by the account'] : []}
      answerHref={answerLink(comment.id, as)}
    />
  )
}

const answerLink = (id: string, as: string) => `/instagram?answer=${id}${as ? `&as=${encodeURIComponent(as)}` : ''}#compose`
const nameOf = (world: GraphWorld, id: string) =>
  world.state.instagram.accounts.get(id)?.name ?? world.state.people.get(id)?.name ?? 'Somebody'

function Direct({ world, query }: Shown) {
  const accounts = [...world.state.instagram.accounts.values()]
  const conversations = accounts.flatMap(account => directsOf(world, account))
  const asked = query.as?.trim().toLowerCase()
  const shown = conversations.find(one => !asked || nameOf(world, one.personId).toLowerCase() === asked)
  const who = shown && nameOf(world, shown.personId)
  return (
    <Page title="Instagram Direct, simulated" brand="graph" standsFor="Instagram" tabs={tabs('direct')}>
      <div class="columns">
        <div class="side">
          <form class="card" method="post" action="/_page/direct" id="compose">
            <h2>Message the brand</h2>
            <WriteAs value={query.as ?? who ?? people[0]?.name ?? ''} />
            <AccountChoice accounts={accounts} />
            <label>
              Message
              <textarea name="text" required maxlength={1000} />
            </label>
            <WithPicture />
            <div class="row">
              <button type="submit">Send privately</button>
            </div>
          </form>
        </div>
        <main class="stack" id="live" aria-label="Instagram Direct">
          {conversations.length > 0 && (
            <nav class="card" aria-label="Conversations">
              <ul class="list">
                {conversations.slice(0, 12).map(one => {
                  const name = nameOf(world, one.personId)
                  return (
                    <li>
                      <a href={`/instagram?tab=direct&as=${encodeURIComponent(name)}`} aria-current={one === shown ? 'true' : undefined}>
                        <Face name={name} />
                        <span>
                          <strong>{name}</strong> <small>{one.messages.at(-1)?.text}</small>
                        </span>
                      </a>
                    </li>
                  )
                })}
              </ul>
            </nav>
          )}
          <section class="card talk" aria-label={who ? `Conversation of ${who}` : 'Conversation'}>
            {shown && <h2>{`${who} and ${shown.account.name}`}</h2>}
            {(shown?.messages ?? []).map(message => (
              <div class={message.fromAccount ? 'bubble theirs' : 'bubble'} id={`m-${message.id}`}>
                {message.text}
                <Uploads of={message.uploads} />
                <small>{message.fromAccount ? shown?.account.name : who}</small>
              </div>
            ))}
            {!shown && <div class="empty">No messages yet.</div>}
          </section>
        </main>
      </div>
    </Page>
  )
}
