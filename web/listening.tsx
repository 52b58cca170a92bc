// Listening: what each account listens for beside what is said to it; terms are tried on the last day before they are stored.
import { type Context, Hono } from 'hono'
import { listAccounts } from '../db/accounts.ts'
import { findWatchTerm, type ListedTerm, listWatchTerms, type WatchTermRow } from '../db/watch-terms.ts'
import { asAccount } from '../line.ts'
import { changeTerm, type FieldProblem, findTermProblems, type NewTerm, type TermChange, writeTerm } from '../triage/term-book.ts'
import { previewTerm } from '../triage/term-preview.ts'
import type { WebEnv } from './env.ts'
import { redirectSaying } from './parts/flash.ts'
import { Page } from './parts/page.tsx'
import { PlatformIcon } from './parts/platform.tsx'
import { refused } from './parts/refused.tsx'
import { LEADS_ONLY, readTermForm, TermForm } from './parts/term-form.tsx'
import { Asking, PreviewResult, usd } from './parts/term-preview.tsx'
import { Time } from './parts/time.tsx'
import { languageName, plural } from './parts/words.ts'
import { hasRole, requireRole } from './session.ts'
import { streamPage, workHere } from './streamed-page.ts'

export function listeningPages(): Hono<WebEnv> {
  const pages = new Hono<WebEnv>()
  pages.get('/listening', showTerms)
  pages.get('/listening/new/:account', c => withAccount(c, account => showForm(c, account, blank(account.id))))
  pages.post('/listening/new/:account', requireRole('lead'), c => withAccount(c, account => weigh(c, account)))
  pages.get('/listening/:id', c => withTerm(c, (term, account) => showForm(c, account, term)))
  pages.post('/listening/:id', requireRole('lead'), c => withTerm(c, (term, account) => weigh(c, account, term)))
  pages.post('/listening/:id/:change{on|off|remove}', requireRole('lead'), c => withTerm(c, term => change(c, term)))
  return pages
}

type Listener = Awaited<ReturnType<typeof listAccounts>>[number]

async function showTerms(c: Context<WebEnv>) {
  const desk = c.get('desk')
  const now = desk.now()
  const [accounts, terms] = await Promise.all([listAccounts(desk.db), listWatchTerms(desk.db, now)])
  const listeners = accounts.filter(one => desk.connectorFor(one.platform).intake.search)
  const deaf = accounts.filter(one => !desk.connectorFor(one.platform).intake.search)
  return c.html(
    <Page c={c} title="Listening" section="listening" styles={['listening']}>
      <h1>Listening</h1>
      <p class="muted lead-in">
        What people say about you and not to you: names, misspellings, hashtags, products. What a term finds is judged like any other
        mention; what needs no answer waits under Opportunity.
      </p>
      {listeners.map(account => (
        <AccountTerms c={c} account={account} terms={terms.filter(term => term.accountId === account.id)} now={now} />
      ))}
      {listeners.length ? null : (
        <div class="empty card">
          <strong>No account that can listen</strong>
          <p>Connect an account on a platform that can be searched, then name what it should listen for.</p>
          <a class="button primary" href="/accounts">
            To the accounts
          </a>
        </div>
      )}
      {deaf.length ? (
        <p class="muted">
          {[...new Set(deaf.map(one => desk.connectorFor(one.platform).label))].join(' and ')} cannot be searched: there Heed hears what is
          said to you.
        </p>
      ) : null}
    </Page>,
  )
}

function AccountTerms({ c, account, terms, now }: { c: Context<WebEnv>; account: Listener; terms: ListedTerm[]; now: Date }) {
  const connector = c.get('desk').connectorFor(account.platform)
  const each = connector.prices?.(asAccount(account))?.read('poll:search:', 'public') ?? 0
  const locked = hasRole(c.get('teammate'), 'lead') ? undefined : { disabled: true, title: LEADS_ONLY }
  const title = `account-${account.id}`
  return (
    <section class="card listener" aria-labelledby={title}>
      <header class="row">
        <PlatformIcon platform={account.platform} label={connector.label} />
        <h2 class="grow" id={title}>
          @{account.handle}
        </h2>
        {account.status === 'connected' ? null : <span class="chip warn">not connected: it does not listen</span>}
        {locked ? (
          <button type="button" {...locked}>
            New term
          </button>
        ) : (
          <a class="button" href={`/listening/new/${account.id}`}>
            New term<span class="visually-hidden"> for @{account.handle}</span>
          </a>
        )}
      </header>
      {terms.length ? (
        <ul class="terms">
          {terms.map(term => (
            <TermRow term={term} each={each} now={now} locked={locked} />
          ))}
        </ul>
      ) : (
        <p class="muted">Nothing yet: this account hears only what is said to it.</p>
      )}
    </section>
  )
}

interface RowProps {
  term: ListedTerm
  /** US dollars for one post found. */
  each: number
  now: Date
  locked: { disabled: boolean; title: string } | undefined
}

function TermRow({ term, each, now, locked }: RowProps) {
  const act = (to: TermChange, label: string, kind = 'quiet') => (
    <form method="post" action={`/listening/${term.id}/${to}`}>
      <button type="submit" class={`small ${kind}`} {...locked}>
        {label}
        <span class="visually-hidden"> {term.name}</span>
      </button>
    </form>
  )
  return (
    <li class={term.isActive ? 'term' : 'term is-off'}>
      <div class="grow">
        <h3>
          <a href={`/listening/${term.id}`}>{term.name}</a> {term.isActive ? null : <span class="chip">off</span>}
        </h3>
        <p class="asked" dir="auto">
          {term.anyOf.join(' · ')}
          {term.noneOf.length ? <span class="muted"> without {term.noneOf.join(' · ')}</span> : null}
          {term.languages.length ? <span class="muted"> in {term.languages.map(languageName).join(', ')}</span> : null}
        </p>
        <p class="muted">
          {term.found ? (
            <>
              <strong>{term.found.toLocaleString('en')}</strong> found in 7 days, {plural(term.tickets, 'ticket')}
              {each ? `, about ${usd((term.found / daysHeard(term, now)) * 30 * each)} a month` : ''}
            </>
          ) : (
            'Nothing found in 7 days'
          )}
          {term.streamedSince ? ' · told at once' : ''}
          {term.lastSearchAt ? (
            <>
              {' '}
              · searched <Time at={term.lastSearchAt} now={now} />
            </>
          ) : term.isActive ? (
            ' · not searched yet'
          ) : null}
        </p>
        {term.lastError && term.lastErrorAt ? (
          <p class="problem">
            <Time at={term.lastErrorAt} now={now} />: {term.lastError} It is tried again <Time at={term.nextSearchAt} now={now} />.
          </p>
        ) : null}
      </div>
      <div class="row" role="group" aria-label={`What to do with ${term.name}`}>
        {term.isActive ? act('off', 'Switch off') : act('on', 'Switch on')}
        {act('remove', 'Remove', 'quiet danger')}
      </div>
    </li>
  )
}

/** A new term looked one day back. */
const daysHeard = (term: ListedTerm, now: Date) => Math.min(7, 1 + (now.getTime() - term.createdAt.getTime()) / 86_400_000)

type Written = NewTerm | WatchTermRow

function showForm(c: Context<WebEnv>, account: Listener, term: Written, problems: FieldProblem[] = []) {
  return c.html(formPage(c, account, term, problems), problems.length ? 422 : 200)
}

function formPage(c: Context<WebEnv>, account: Listener, term: Written, problems: FieldProblem[], below?: typeof workHere) {
  const connector = c.get('desk').connectorFor(account.platform)
  return (
    <Page c={c} title={term.id ? term.name : 'New term'} section="listening" styles={['listening']}>
      <p>
        <a href="/listening">Listening</a>
      </p>
      <h1>{term.id ? term.name : 'New term'}</h1>
      <p class="muted row">
        <PlatformIcon platform={account.platform} label={connector.label} /> @{account.handle} on {connector.label}
      </p>
      <TermForm
        term={term}
        action={term.id ? `/listening/${term.id}` : `/listening/new/${account.id}`}
        problems={problems}
        mayChange={hasRole(c.get('teammate'), 'lead')}
        isPaid={!!connector.prices?.(asAccount(account))}
      />
      {below}
    </Page>
  )
}

/** Asks what it would have caught, or stores it. */
async function weigh(c: Context<WebEnv>, account: Listener, saved?: WatchTermRow) {
  const desk = c.get('desk')
  const fields = await c.req.parseBody()
  const term: NewTerm = { ...readTermForm(fields), accountId: account.id, id: saved?.id }
  if (fields.then === 'save') {
    const written = await writeTerm(desk, c.get('teammate').id, term)
    if (!written.ok) return showForm(c, account, term, written.problems)
    return redirectSaying(c, '/listening', `@${account.handle} listens for “${written.term.name}”.`)
  }
  // A preview needs no name yet.
  const problems = findTermProblems(desk, account, { ...term, name: term.name || 'preview' }, [])
  if (problems.length) return showForm(c, account, term, problems)
  const { label } = desk.connectorFor(account.platform)
  return streamPage(c, formPage(c, account, term, [], workHere), async function* () {
    yield <Asking label={label} />
    yield <PreviewResult result={await previewTerm(desk, account.id, term)} label={label} now={desk.now()} />
  })
}

async function change(c: Context<WebEnv>, term: WatchTermRow) {
  const to = c.req.param('change') as TermChange
  const changed = await changeTerm(c.get('desk'), c.get('teammate').id, term, to)
  return changed ? redirectSaying(c, '/listening', `“${changed.name}” ${DONE[to]}`) : gone(c)
}

async function withAccount(c: Context<WebEnv>, act: (account: Listener) => Response | Promise<Response>) {
  const desk = c.get('desk')
  const account = (await listAccounts(desk.db)).find(one => one.id === c.req.param('account'))
  return account && desk.connectorFor(account.platform).intake.search ? act(account) : gone(c)
}

async function withTerm(c: Context<WebEnv>, act: (term: WatchTermRow, account: Listener) => Response | Promise<Response>) {
  const { db } = c.get('desk')
  const id = c.req.param('id')!
  const term = UUID.test(id) ? await findWatchTerm(db, id) : undefined
  const account = term && (await listAccounts(db)).find(one => one.id === term.accountId)
  return term && account ? act(term, account) : gone(c)
}

const gone = (c: Context<WebEnv>) =>
  refused(c, 404, 'No such term', 'It may have been removed. Nothing was changed.', { href: '/listening', label: 'Back to Listening' })
const blank = (accountId: string): NewTerm => ({ accountId, name: '', isActive: true, anyOf: [], noneOf: [], languages: [] })
const DONE: Record<TermChange, string> = {
  on: 'listens again, and looks up what it missed.',
  off: 'is off: nothing is searched for it.',
  remove: 'is removed. What it found stays.',
}
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
