// What the public pages of both platforms share: the frame, a post, a form's fields, and the live feed.
import type { Hono } from 'hono'
import { raw } from 'hono/html'
import type { PropsWithChildren } from 'hono/jsx'
import { streamSSE } from 'hono/streaming'
import { people } from './people.ts'
import { liveScript, timelineStyle } from './timeline-style.ts'

export function Page({
  title,
  brand,
  standsFor = brand === 'x' ? 'X' : 'Facebook',
  tabs,
  children,
}: PropsWithChildren<{
  title: string
  /** Whose colours. */
  brand: 'x' | 'graph'
  standsFor?: string
  tabs?: { href: string; label: string; current: boolean }[]
}>) {
  return (
    <>
      {raw('<!doctype html>')}
      <html lang="en" class={brand}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>{title}</title>
          <link rel="icon" href="data:," />
          <link rel="stylesheet" href="/_page/style.css" />
          <script type="module" src="/_page/live.js" />
        </head>
        <body>
          <div class="banner">
            <strong>Simulator:</strong> nothing here leaves your machine. Everybody and everything on this page is invented.
          </div>
          <header class="top">
            <div>
              <strong>A local stand-in for {standsFor}</strong>
              {tabs && (
                <nav class="tabs" aria-label="Parts of this page">
                  {tabs.map(tab => (
                    <a href={tab.href} aria-current={tab.current ? 'page' : undefined}>
                      {tab.label}
                    </a>
                  ))}
                </nav>
              )}
            </div>
          </header>
          {children}
        </body>
      </html>
    </>
  )
}

export function Profile({ name, line, about, numbers }: { name: string; line: string; about: string; numbers: string }) {
  return (
    <section class="card profile" aria-label={`Profile of ${name}`}>
      <div class="cover" />
      <Face name={name} ours />
      <h2>{name}</h2>
      <div class="quiet">{line}</div>
      <p>{about}</p>
      <p class="quiet">{numbers}</p>
    </section>
  )
}

export function Face({ name, ours = false }: { name: string; ours?: boolean }) {
  const words = name.split(/\s+/).filter(Boolean)
  const initials = `${[...(words[0] ?? '?')][0] ?? '?'}${words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : ''}`.toUpperCase()
  let hue = 7
  for (const char of name) hue = (hue * 31 + (char.codePointAt(0) ?? 0)) % 360
  return (
    <span class={ours ? 'face ours' : 'face'} style={ours ? undefined : `background:hsl(${hue} 45% 33%)`} aria-hidden="true">
      {initials}
    </span>
  )
}

/** One post or comment. */
export function Post(
  props: PropsWithChildren<{
    id: string
    name: string
    line?: string
    ours: boolean
    at: number
    now: number
    text: string
    marks?: string[]
    answerHref?: string
    href?: string
  }>,
) {
  return (
    <article class={props.ours ? 'post ours-post' : 'post'} id={`p-${props.id}`}>
      <Face name={props.name} ours={props.ours} />
      <div class="body">
        <div class="who">
          <strong>{props.name}</strong>
          {props.ours && <span class="badge">Brand</span>}
          {props.line && <span class="quiet">{props.line}</span>}
          <a href={props.href ?? `#p-${props.id}`}>
            <time datetime={new Date(props.at).toISOString()} title={new Date(props.at).toUTCString()}>
              {ago(props.now - props.at)}
            </time>
          </a>
          {(props.marks ?? []).map(mark => (
            <span class="badge plain">{mark}</span>
          ))}
        </div>
        <p>{withHandles(props.text)}</p>
        {props.answerHref && (
          <a class="act" href={props.answerHref}>
            Answer
          </a>
        )}
        {props.children}
      </div>
    </article>
  )
}

function withHandles(text: string) {
  return text.split(/((?<![A-Za-z0-9_])@[A-Za-z0-9_]{1,15})/).map((part, index) => (index % 2 ? <span class="handle">{part}</span> : part))
}

export function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} min ago`
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`
  const days = Math.floor(minutes / 1440)
  return days === 1 ? 'yesterday' : `${days} days ago`
}

export function WriteAs({ value }: { value: string }) {
  return (
    <label>
      Write as
      <input name="as" list="people" value={value} required maxlength={50} autocomplete="off" />
      <datalist id="people">
        {people.map(person => (
          <option value={person.name}>@{person.handle}</option>
        ))}
      </datalist>
      <span class="quiet">Choose an invented customer, or type any name.</span>
    </label>
  )
}

/** The style, the script and the feed that says "something happened". */
export function pageAssets(app: Hono, watch: (listener: () => void) => () => void): void {
  app.get('/_page/style.css', c => c.body(timelineStyle, 200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'no-cache' }))
  app.get('/_page/live.js', c => c.body(liveScript, 200, { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-cache' }))
  app.get('/_page/live', c =>
    streamSSE(c, async stream => {
      let dirty = false
      let wake: () => void = () => undefined
      const stopWatching = watch(() => {
        dirty = true
        wake()
      })
      stream.onAbort(() => {
        stopWatching()
        wake()
      })
      while (!stream.aborted) {
        if (!dirty)
          await new Promise<void>(resolve => {
            wake = resolve
          })
        // Many things may happen at once: a reader is told twice a second at most.
        await stream.sleep(500)
        dirty = false
        if (!stream.aborted) await stream.writeSSE({ data: 'changed' })
      }
    }),
  )
}
