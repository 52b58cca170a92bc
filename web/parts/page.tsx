// The frame around every page: head, top bar, banners, toasts.
import type { Context } from 'hono'
import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { Frame, SignedIn, WebEnv } from '../env.ts'
import { hasRole } from '../session.ts'
import { ChannelBanner } from './channel-banner.tsx'
import { takeSaid } from './flash.ts'
import { Icon } from './icon.tsx'
import { IncidentBanner, SuggestionBanner } from './incident-banner.tsx'
import { ShortcutHelp } from './shortcut-help.tsx'

export type Section =
  | 'queue'
  | 'dashboard'
  | 'incidents'
  | 'templates'
  | 'triage'
  | 'listening'
  | 'accounts'
  | 'teammates'
  | 'health'
  | 'status'
  | 'none'

export interface PageProps {
  c: Context<WebEnv>
  title: string
  section: Section
  /** Names of files in web/public, without .css / .js. */
  styles?: string[]
  scripts?: string[]
  /** The queue and the ticket fill the window; other pages are a column. */
  layout?: 'column' | 'desk'
  /** What the search box holds. */
  search?: string
  children?: Child
}

export function Page({ c, title, section, styles = [], scripts = [], layout = 'column', search = '', children }: PageProps) {
  const frame = c.get('frame')
  const teammate = c.get('teammate')
  const isLead = hasRole(teammate, 'lead')
  return (
    <Document title={title} styles={styles} scripts={['keys', ...scripts]} bodyClass={layout}>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="top">
        <a class="brand" href="/queue" aria-label="Heed, to the queue">
          <Icon name="mark" />
          Heed
        </a>
        <nav aria-label="Main">
          {NAV.map(([name, label, href]) => (
            <a href={href} aria-current={name === section ? 'page' : undefined}>
              {label}
              {name === 'queue' && frame.counts.waiting > 0 ? <span class="count">{capped(frame.counts.waiting)}</span> : null}
            </a>
          ))}
        </nav>
        <details class="menu more">
          <summary aria-label="More pages">
            <Icon name="menu" />
          </summary>
          <div class="menu-body" role="group" aria-label="Pages">
            {[...NAV, ...SETUP].map(([name, label, href]) => (
              <a href={href} aria-current={name === section ? 'page' : undefined}>
                {label}
              </a>
            ))}
          </div>
        </details>
        <form class="search" action="/queue" role="search">
          <Icon name="search" />
          <input
            type="search"
            name="q"
            value={search}
            placeholder="Search the queue"
            aria-label="Search the queue: words, #number, from:@handle, platform:x, is:pending, assignee:me"
            autocomplete="off"
          />
          <kbd aria-hidden="true">/</kbd>
        </form>
        <button
          type="button"
          class="quiet icon-button only-js"
          data-open="help"
          aria-label="Keyboard shortcuts (?)"
          title="Keyboard shortcuts (?)"
        >
          ?
        </button>
        <details class="menu">
          <summary aria-label={`${teammate.name}: settings and sign out`}>
            <span class="avatar">{teammate.initials}</span>
          </summary>
          <div class="menu-body">
            <p class="who">
              <strong>{teammate.name}</strong>
              <span class="muted">{ROLE[teammate.role]}</span>
            </p>
            {SETUP.map(([name, label, href]) => (
              <a href={href} aria-current={name === section ? 'page' : undefined}>
                {label}
                {name === 'health' && isLead && frame.channelWarnings.length ? (
                  <span class="count">
                    {frame.channelWarnings.length}
                    <span class="visually-hidden"> {frame.channelWarnings.length === 1 ? 'channel needs' : 'channels need'} a look</span>
                  </span>
                ) : null}
              </a>
            ))}
            <a href="/me">Your own settings</a>
            <form method="post" action="/sign-out">
              <button type="submit" class="link">
                Sign out
              </button>
            </form>
          </div>
        </details>
      </header>
      <Banners c={c} frame={frame} teammate={teammate} />
      <main id="main" tabindex={-1}>
        {children}
      </main>
      <Toasts c={c} />
      <ShortcutHelp />
    </Document>
  )
}

/** A page for people who are not signed in. */
export function PlainPage({ title, children, styles = [] }: { title: string; children?: Child; styles?: string[] }) {
  return (
    <Document title={title} styles={styles} scripts={[]} bodyClass="plain">
      <main id="main">{children}</main>
    </Document>
  )
}

/** "999+" from a thousand on: nobody reads further, and counting costs. */
export const capped = (count: number) => (count >= 1000 ? '999+' : String(count))

function Document({
  title,
  styles,
  scripts,
  bodyClass,
  children,
}: {
  title: string
  styles: string[]
  scripts: string[]
  bodyClass: string
  children?: Child
}) {
  return (
    <>
      {raw('<!doctype html>')}
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>{title} · Heed</title>
          <link rel="icon" href="/public/heed.svg" type="image/svg+xml" />
          {['heed', ...styles].map(name => (
            <link rel="stylesheet" href={`/public/${name}.css`} />
          ))}
          {['heed', ...scripts].map(name => (
            <script type="module" src={`/public/${name}.js`} />
          ))}
        </head>
        <body class={bodyClass}>{children}</body>
      </html>
    </>
  )
}

function Banners({ c, frame, teammate }: { c: Context<WebEnv>; frame: Frame; teammate: SignedIn }) {
  return (
    <div class="banners" id="banners">
      <IncidentBanner incidents={frame.incidents} now={frame.now} mayPost={hasRole(teammate, 'lead')} />
      {frame.suggestion && !frame.incidents.length && hasRole(teammate, 'lead') ? <SuggestionBanner suggestion={frame.suggestion} /> : null}
      {hasRole(teammate, 'lead') ? <ChannelBanner warnings={frame.channelWarnings} /> : null}
      {frame.hasDemo ? (
        <section class="banner demo" aria-label="Demo data">
          <span class="grow">
            <span class="long">Demo data: every person and word here is invented.</span> Write as a customer:
            {(c.get('desk').demo?.links ?? []).map(link => (
              <>
                {' '}
                <a href={`/demo/customer/${link.label}`} target="_blank" rel="noopener">
                  {link.label} ↗
                </a>
              </>
            ))}
          </span>
          {teammate.role === 'admin' ? (
            <form method="post" action="/demo/remove">
              <button type="submit" class="small quiet">
                Remove<span class="long"> the demo</span>
              </button>
            </form>
          ) : (
            <button type="button" class="small quiet" disabled title="Only an admin can remove the demo">
              Remove the demo
            </button>
          )}
        </section>
      ) : null}
    </div>
  )
}

function Toasts({ c }: { c: Context<WebEnv> }) {
  const said = takeSaid(c)
  return (
    <div class="toasts" id="toasts" role="status" aria-live="polite">
      {said ? (
        <div class={`toast ${said.tone}`} data-until={said.undo?.until}>
          <span>{said.message}</span>
          {said.undo ? (
            <form method="post" action={said.undo.path}>
              <button type="submit" data-key="z">
                {said.undo.label} <kbd>z</kbd>
              </button>
            </form>
          ) : null}
        </div>
      ) : null}
    </div>
  )
}

type NavItem = readonly [Section, string, string]
const NAV: readonly NavItem[] = [
  ['queue', 'Queue', '/queue'],
  ['dashboard', 'Dashboard', '/dashboard'],
  ['incidents', 'Incidents', '/incidents'],
  ['templates', 'Templates', '/templates'],
]
const SETUP: readonly NavItem[] = [
  ['triage', 'Triage', '/triage'],
  ['listening', 'Listening', '/listening'],
  ['accounts', 'Accounts', '/accounts'],
  ['teammates', 'Teammates', '/teammates'],
  ['health', 'Health', '/health'],
  ['status', 'Public status page', '/status'],
]
const ROLE: Record<SignedIn['role'], string> = { readonly: 'Read-only', rep: 'Rep', lead: 'Lead', admin: 'Admin' }
