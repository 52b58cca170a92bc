// The desk without page loads: opens tickets beside the list, sends forms, and takes in what changes while one looks.
import { freshenTimes, isOn, say } from './heed.js'

// The keys work on every page; what follows, only where the desk is.
const isDeskHere = document.querySelector('.desk .list, .desk .cards') !== null
let waiting = null
let stream = null
let due = null
let isAskedAgain = false
let lastAsked = { at: -Infinity, took: 0 }
let isTyping = false

export const rows = () => [...document.querySelectorAll('#rows .queue-row')]
export const current = () => document.querySelector('#rows .queue-row[aria-current]')

/** Opens an address of the desk in place. */
export async function go(url, { push = true } = {}) {
  const page = await load(url)
  if (!page) return
  if (push) history.pushState({}, '', page.url)
  const isSameList = page.doc.getElementById('list-title')?.textContent === document.getElementById('list-title')?.textContent
  const isOpen = 'number' in (page.doc.getElementById('ticket')?.dataset ?? {})
  // Opening a ticket leaves the list as it stands under the hand.
  take(
    page.doc,
    isSameList && isOpen && document.getElementById('rows')
      ? ['side', 'ticket', 'customer', 'toasts', 'banners']
      : ['side', 'list', 'ticket', 'customer', 'toasts', 'banners'],
  )
  // The page's one h1 is the ticket's, or without a ticket the list's.
  const title = page.doc.getElementById('list-title')
  if (title) document.getElementById('list-title')?.replaceWith(title)
  markCurrent()
}

export function applyNew() {
  if (!waiting) return
  takeList(waiting)
  waiting = null
  const pill = document.getElementById('new-rows')
  if (pill) pill.hidden = true
}

document.addEventListener('click', event => {
  if (!isDeskHere || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return
  if (event.target.closest('#new-rows')) return applyNew()
  const focuses = event.target.closest('[data-focus]')
  if (focuses) {
    event.preventDefault()
    return document.getElementById(focuses.dataset.focus)?.focus()
  }
  if (event.target.closest('.customer-link')) {
    event.preventDefault()
    return document.getElementById('customer').classList.toggle('is-open')
  }
  if (!event.target.closest('#customer')) document.getElementById('customer')?.classList.remove('is-open')
  const link = event.target.closest('.queue-row, .views a, [data-back], [data-open][href], .more a, .list .empty a')
  if (!link?.href || !isDesk(link.href)) return
  event.preventDefault()
  go(link.href)
})

document.addEventListener('submit', event => {
  const form = event.target
  if (!isDeskHere || event.defaultPrevented || form.method !== 'post' || !form.closest('.desk, .toasts')) return
  event.preventDefault()
  send(form, event.submitter)
})

/** What opens below somebody's words is seen whole. */
document.addEventListener(
  'toggle',
  event => {
    if (event.target.open) event.target.closest('.gestures')?.scrollIntoView({ block: 'nearest' })
  },
  true,
)

if (isDeskHere) addEventListener('popstate', () => go(location.href, { push: false }))
document.addEventListener('heed:switched', event => {
  if (event.detail === 'heed.live') listen()
})
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) refreshSoon()
})

if (isDeskHere) {
  tellPresence()
  setInterval(tellPresence, 20_000)
  setInterval(countSeconds, 1_000)
  listen()
  atEnd()
}

async function send(form, submitter) {
  isTyping = false
  // A button that was barred stays so.
  const buttons = form.querySelectorAll('button:enabled')
  const body = new URLSearchParams(new FormData(form, submitter))
  for (const button of buttons) button.disabled = true
  const pressed = form.closest('.gestures') && (submitter?.id || form.closest('details')?.querySelector('summary').id)
  const action = submitter?.getAttribute('formaction') ?? form.getAttribute('action')
  const page = await load(action, { method: 'POST', body })
  for (const button of buttons) button.disabled = false
  if (!page) return
  if (page.url !== location.href && page.ok) history.pushState({}, '', page.url)
  if (!deskOf(page.doc)) {
    document.querySelector('main').replaceChildren(...page.doc.querySelector('main').childNodes)
    document.querySelector('main').focus()
    return
  }
  take(page.doc, ['side', 'ticket', 'customer', 'toasts', 'banners'])
  takeOrGather(page.doc)
  markCurrent()
  // Whoever liked or hid something goes on from there.
  if (pressed) document.getElementById(pressed)?.focus()
  const stopped = document.querySelector('.composer [role="alert"]')
  if (stopped) document.getElementById('composer-text')?.focus()
}

/** A page, or null when there is none to show: then it says why, and what was written stays. `isBehind`: nobody pressed anything. */
async function load(url, options = {}, isBehind = false) {
  let answer
  try {
    answer = await fetch(url, { headers: { accept: 'text/html' }, ...options })
  } catch {
    if (!isBehind) say('No connection. What you wrote is still here: try again.', 'bad')
    return null
  }
  const text = await answer.text()
  // Nobody is signed in any more: the browser shows that page itself, with the words in its form.
  if (answer.status === 401 || new URL(answer.url).pathname === '/sign-in') {
    if (isBehind) say('Your session has ended. What you wrote is still here: sending it asks you to sign in.', 'bad')
    else if (!options.body) location.assign(url)
    else document.querySelector('main').innerHTML = new DOMParser().parseFromString(text, 'text/html').querySelector('main').innerHTML
    return null
  }
  return { url: answer.url, ok: answer.ok, doc: new DOMParser().parseFromString(text, 'text/html') }
}

function take(doc, ids) {
  document.title = doc.title
  const [here, desk] = [deskOf(document), deskOf(doc)]
  if (here && desk) here.className = desk.className
  const pairs = ids.map(id => [document.getElementById(id), doc.getElementById(id)])
  // Another kind of page (cards instead of list and ticket): all of it.
  const isOtherKind = here && desk && pairs.some(([old, fresh]) => !old !== !fresh)
  for (const [old, fresh] of pairs) if (old && fresh && !(isOtherKind && here.contains(old))) old.replaceWith(fresh)
  if (isOtherKind) here.replaceWith(desk)
  settle()
  if (ids.includes('ticket')) {
    atEnd()
    tellPresence()
  }
}

/** Not the body, which bears the same class. */
const deskOf = doc => doc.querySelector('main > .desk')

function settle() {
  freshenTimes()
  for (const field of document.querySelectorAll('[data-offset]')) field.value = String(new Date().getTimezoneOffset())
  document.dispatchEvent(new CustomEvent('heed:taken'))
}

/** The newest words are what one came for; what fits is shown from its beginning. */
function atEnd() {
  const reading = document.getElementById('reading')
  const newest = [...document.querySelectorAll('#thread .bubble')].at(-1)
  if (!reading || !newest) return
  reading.scrollTop = 0
  reading.scrollTop = Math.max(0, newest.getBoundingClientRect().bottom - reading.getBoundingClientRect().bottom + 12)
}

function markCurrent() {
  const number = document.getElementById('ticket')?.dataset.number
  for (const row of rows()) {
    if (row.dataset.number === number) row.setAttribute('aria-current', 'true')
    else row.removeAttribute('aria-current')
  }
}

// Live: the stream only says that something changed; the page asks for itself again and takes what concerns it.

function listen() {
  stream?.close()
  stream = null
  if (!isDeskHere || !isOn('heed.live')) return
  stream = new EventSource('/live')
  // What happened while nobody listened is in the page, so it is asked for once.
  stream.addEventListener('open', refreshSoon)
  stream.addEventListener('message', event => {
    if (event.data !== '[]') refreshSoon()
  })
}

function refreshSoon() {
  if (due) {
    isAskedAgain = true
    return
  }
  // A page takes a small share of the server's time: the longer an answer takes, the seldomer it is asked for.
  const pause = Math.max(100, lastAsked.at + Math.max(400, 12 * lastAsked.took) - performance.now()) + Math.random() * 60
  due = setTimeout(async () => {
    if (!document.hidden && isOn('heed.live') && deskOf(document)) {
      isAskedAgain = false
      const [address, begun] = [location.href, performance.now()]
      const page = await load(address, {}, true)
      lastAsked = { at: performance.now(), took: performance.now() - begun }
      if (page?.ok && location.href === address) refresh(page.doc)
    }
    due = null
    if (isAskedAgain) refreshSoon()
  }, pause)
}

function refresh(doc) {
  for (const id of ['side', 'banners']) exchange(doc, id)
  takeOrGather(doc)
  if (document.getElementById('ticket')?.dataset.number !== doc.getElementById('ticket')?.dataset.number) return
  const before = document.querySelectorAll('#thread .theirs').length
  const reading = document.getElementById('reading')
  const wasAtEnd = reading && reading.scrollHeight - reading.scrollTop - reading.clientHeight < 40
  // A menu somebody has open, or a field they are in, is left to them.
  if (!document.querySelector('#ticket-head details[open]')) exchange(doc, 'ticket-head')
  else exchange(doc, 'present')
  if (!document.querySelector('#thread .menu[open]')) exchange(doc, 'thread')
  exchange(doc, 'customer')
  const text = document.getElementById('composer-text')
  if (text && text.value === '' && document.activeElement !== text && !document.querySelector('#composer [open], #composer [role="alert"]'))
    exchange(doc, 'composer')
  else if (document.querySelectorAll('#thread .theirs').length > before) say('They wrote while you write: see above.')
  if (wasAtEnd) atEnd()
  settle()
}

function exchange(doc, id) {
  const [old, fresh] = [document.getElementById(id), doc.getElementById(id)]
  if (!old || !fresh || old.outerHTML === fresh.outerHTML) return
  // What somebody is in is left to them, except a button that is there afterwards too.
  const focused = old.contains(document.activeElement) ? document.activeElement.closest('button[id]')?.id : undefined
  if (old.contains(document.activeElement) && !(focused && fresh.querySelector(`#${CSS.escape(focused)}`))) return
  const isOpen = old.classList.contains('is-open')
  old.replaceWith(fresh)
  fresh.classList.toggle('is-open', isOpen)
  if (focused) document.getElementById(focused).focus({ preventScroll: true })
}

/** Rows already here change in place; the order waits while a hand or the focus is on the list. */
function takeOrGather(doc) {
  const list = document.getElementById('list')
  const fresh = doc.getElementById('list')
  if (!list || !fresh) return
  const [here, there] = [numbers(document), numbers(doc)]
  if (here.join() === there.join()) {
    waiting = null
    freshenRows(doc)
    if (!here.length) takeList(fresh)
    return
  }
  if (!list.matches(':hover, :focus-within')) {
    waiting = null
    return takeList(fresh)
  }
  freshenRows(doc)
  waiting = fresh
  const news = there.filter(number => !here.includes(number)).length
  const pill = document.getElementById('new-rows')
  if (!pill) return
  pill.textContent = news ? `${news} new  .` : 'Refresh  .'
  pill.hidden = false
}

const numbers = doc => [...doc.querySelectorAll('#rows .queue-row')].map(row => row.dataset.number)

function freshenRows(doc) {
  for (const row of rows()) {
    const fresh = doc.querySelector(`#rows .queue-row[data-number="${row.dataset.number}"]`)
    if (fresh && fresh.innerHTML !== row.innerHTML) row.innerHTML = fresh.innerHTML
  }
  freshenTimes()
}

function takeList(fresh) {
  const list = document.getElementById('list')
  const focused = document.activeElement?.closest('.queue-row')?.dataset.number
  const scroll = list.scrollTop
  list.replaceWith(fresh)
  fresh.scrollTop = scroll
  markCurrent()
  if (focused) document.querySelector(`.queue-row[data-number="${focused}"]`)?.focus({ preventScroll: true })
  freshenTimes()
}

export function setTyping(typing) {
  if (typing === isTyping) return
  isTyping = typing
  tellPresence()
}
function tellPresence() {
  const number = document.getElementById('ticket')?.dataset.number
  if (!number || document.hidden) return
  fetch(`/tickets/${number}/presence`, { method: 'POST', body: new URLSearchParams({ typing: isTyping ? '1' : '0' }) }).catch(() => {})
}

function countSeconds() {
  for (const one of document.querySelectorAll('[data-seconds-until]'))
    one.textContent = String(Math.max(0, Math.ceil((Number(one.dataset.secondsUntil) - Date.now()) / 1000)))
}

const isDesk = url => new URL(url).origin === location.origin && /^\/(queue|tickets\/\d+)$/.test(new URL(url).pathname)
