// The keys: what the help lists. A key presses the button that bears it, so everything also works without keys.

import { applyNew, current, go, rows } from './desk.js'
import { isOn, openDialog } from './heed.js'

let first = null

document.addEventListener('keydown', event => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
    event.preventDefault()
    return openPalette()
  }
  if (
    event.defaultPrevented ||
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    isWriting(event.target) ||
    !isOn('heed.keys') ||
    document.querySelector('dialog[open]')
  )
    return
  const key = event.shiftKey && /^[A-Z]$/.test(event.key) ? `Shift+${event.key}` : event.key
  const pressed = first ? `${first} ${key}` : key
  first = null
  if (key === 'g' && pressed === 'g') {
    first = 'g'
    setTimeout(() => {
      first = null
    }, 1_500)
    return
  }
  if (press(pressed)) event.preventDefault()
})

/** Enter says it is right so: a select by itself would do nothing. */
document.addEventListener('keydown', event => {
  if (event.key !== 'Enter' || !(event.target instanceof HTMLSelectElement) || !event.target.closest('.correct-form')) return
  event.preventDefault()
  event.target.form.requestSubmit()
})

function press(key) {
  if (key in MOVES) return MOVES[key]() !== false
  const bearer = document.querySelector(`[data-key="${CSS.escape(key)}"]`)
  if (bearer) return use(bearer)
  if (!(key in PLACES)) return false
  location.assign(PLACES[key])
  return true
}

/** A menu opens at its first field, or where it says why it has none; a link or button is pressed. */
function use(bearer) {
  if (bearer.disabled) return false
  if (bearer instanceof HTMLDetailsElement) {
    bearer.open = true
    const [field] = bearer.querySelectorAll('.menu-body :is(input:not([type="hidden"]), select, button, a)')
    ;(field ?? bearer.querySelector('summary')).focus()
  } else bearer.click()
  return true
}

const MOVES = {
  j: () => step(1),
  k: () => step(-1),
  ']': () => open(1),
  '[': () => open(-1),
  Escape: () => {
    const row = current()
    const back = document.querySelector('[data-back]')
    if (!row && !back) return false
    if (back && matchMedia('(max-width: 719px)').matches) back.click()
    else row?.focus()
  },
  r: () => answer('public'),
  d: () => answer('private'),
  n: () => answer('note'),
  t: () => {
    const templates = document.getElementById('templates')
    if (!templates) return false
    templates.open = true
  },
  w: () => {
    const why = document.getElementById('why')
    if (!why) return false
    why.open = !why.open
  },
  c: () => {
    const card = document.activeElement?.closest('.mention-card') ?? document.querySelector('.mention-card')
    const wrong = card?.querySelector('.correct')
    if (wrong) {
      wrong.open = true
      wrong.querySelector('select').focus()
      return
    }
    const [why, correct] = [document.getElementById('why'), document.getElementById('correct')]
    if (!why || !correct) return false
    why.open = correct.open = true
    correct.querySelector('select').focus()
  },
  z: () => {
    const undo = document.querySelector('.toast [data-key="z"]') ?? document.querySelector('[data-undo]')
    if (!undo) return false
    undo.click()
  },
  '.': applyNew,
  '/': () => document.querySelector('.search input').focus(),
  '?': () => openDialog('help'),
}
const PLACES = {
  'g q': '/queue',
  'g m': '/queue?view=mine',
  'g u': '/queue?view=unassigned',
  'g o': '/incidents',
  'g d': '/dashboard',
  'g t': '/templates',
  'g x': '/health',
  'g s': '/accounts',
}

/** Moves the focus in the list, or among the cards. */
function step(by) {
  const all = rows().length ? rows() : [...document.querySelectorAll('.mention-card')]
  if (!all.length) return false
  const at = all.findIndex(row => row === document.activeElement || row.contains(document.activeElement))
  const from = at >= 0 ? at : all.indexOf(current())
  const next = all[Math.min(all.length - 1, Math.max(0, from + by))]
  next.focus()
  next.scrollIntoView({ block: 'nearest' })
}

function open(by) {
  const all = rows()
  const next = all[all.indexOf(current()) + by]
  if (!next) return false
  next.scrollIntoView({ block: 'nearest' })
  go(next.href)
}

function answer(way) {
  const radio = document.querySelector(`#composer input[name="way"][value="${way}"]`)
  if (!radio) return false
  if (!radio.disabled && !radio.checked) {
    radio.checked = true
    radio.dispatchEvent(new Event('input', { bubbles: true }))
  }
  const pointer = document.querySelector('.pointer[data-is-move]')
  if (pointer && way === 'private') pointer.open = true
  document.getElementById('composer-text').focus()
}

function openPalette() {
  document.getElementById('palette')?.remove()
  const dialog = Object.assign(document.createElement('dialog'), { id: 'palette', className: 'palette' })
  const input = Object.assign(document.createElement('input'), { type: 'search', placeholder: 'Do or go…', autocomplete: 'off' })
  input.setAttribute('aria-label', 'Do or go')
  const list = document.createElement('ul')
  dialog.append(input, list)
  document.body.append(dialog)
  const actions = [...document.querySelectorAll('[data-key]:not(:disabled), .top nav a, .menu-body a[href]')]
    .map(element => ({
      words: nameOf(element),
      key: element.dataset.key ?? '',
      act: () => (element instanceof HTMLAnchorElement ? element.click() : use(element)),
    }))
    .filter((one, i, all) => one.words && all.findIndex(other => other.words === one.words) === i)
  let at = 0
  const draw = () => {
    const found = actions.filter(one => one.words.toLowerCase().includes(input.value.trim().toLowerCase()))
    at = Math.max(0, Math.min(at, found.length - 1))
    list.replaceChildren(
      ...found.map((one, i) => {
        const button = Object.assign(document.createElement('button'), { type: 'button', textContent: one.words })
        button.setAttribute('aria-selected', String(i === at))
        if (one.key) button.append(Object.assign(document.createElement('kbd'), { textContent: one.key }))
        button.addEventListener('click', () => {
          dialog.close()
          one.act()
        })
        const item = document.createElement('li')
        item.append(button)
        return item
      }),
    )
    list.children[at]?.scrollIntoView({ block: 'nearest' })
  }
  input.addEventListener('input', () => {
    at = 0
    draw()
  })
  input.addEventListener('keydown', event => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      at += event.key === 'ArrowDown' ? 1 : -1
      draw()
    }
    // A search field would only empty itself.
    if (event.key === 'Escape') {
      event.preventDefault()
      dialog.close()
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      list.querySelectorAll('button')[at]?.click()
    }
  })
  dialog.addEventListener('close', () => dialog.remove())
  draw()
  dialog.showModal()
}

const nameOf = element =>
  (element instanceof HTMLDetailsElement
    ? element.querySelector('summary')
    : element.querySelector('span') && element.closest('.views')
      ? element.querySelector('span')
      : element
  ).textContent
    .replace(/\s+/g, ' ')
    .trim()
const isWriting = target =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('textarea, select, input:not([type="checkbox"], [type="radio"])'))
