// The composer while someone types: the count, what the button will do, drafts, templates and their Tab stops.

import { setTyping } from './desk.js'
import { counterFor } from './length.js'
import { showPrice } from './price.js'
import { usualStatusAfter } from './rules/handoff.js'
import { sign } from './rules/signature.js'
import { showThread } from './thread-offer.js'

let saving = null
let idle = null

document.addEventListener('heed:taken', dress)
document.addEventListener('input', event => {
  const form = event.target.closest('#composer')
  if (event.target.id === 'template-filter') return filterTemplates(event.target.value)
  if (!form) return
  if (event.target.name === 'way') {
    form.dataset.way = event.target.value
    // The ready pointer: shown, so that it is not sent unseen.
    const pointer = form.querySelector('.pointer[data-is-move]')
    if (pointer && event.target.value === 'private') pointer.open = true
  }
  freshen(form)
  if (/^(text|way|pointerText|alt-.*|pointer-.*)$/.test(event.target.name)) saveSoon(form)
  if (event.target.name === 'text') {
    setTyping(true)
    clearTimeout(idle)
    idle = setTimeout(() => setTyping(false), 4_000)
  }
})
document.addEventListener('click', event => {
  const template = event.target.closest('#composer [data-text]')
  if (!template) return
  event.preventDefault()
  insert(template)
})
document.addEventListener(
  'toggle',
  event => {
    if (!(event.target instanceof HTMLElement)) return
    if (event.target.matches('.pointer')) {
      const words = event.target.querySelector('textarea')
      words.value = event.target.open ? words.value || words.dataset.words : ''
    }
    if (event.target.id === 'templates' && event.target.open) document.getElementById('template-filter')?.focus()
  },
  true,
)
document.addEventListener('keydown', event => {
  const text = event.target
  if (text.id === 'template-filter') return inPicker(event)
  const form = text.closest('#composer')
  if (!form) return
  // From anywhere in the form: the box that says "send as 3 posts" is where a long answer ends.
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault()
    form.requestSubmit(form.querySelector(event.shiftKey ? '.send-solve' : '.send'))
    return
  }
  if (text.id !== 'composer-text' && text.name !== 'pointerText') return
  if (event.key === 'Escape') {
    event.preventDefault()
    text.blur()
    document.querySelector('.queue-row[aria-current]')?.focus()
  } else if (event.key === 'Tab' && !event.shiftKey && selectNext(text, text.selectionEnd)) {
    event.preventDefault()
  } else if (event.key === '/' && /(^|\s)$/.test(text.value.slice(0, text.selectionStart)) && document.getElementById('templates')) {
    event.preventDefault()
    document.getElementById('templates').open = true
  }
})
addEventListener('pagehide', () => {
  if (saving) save(document.getElementById('composer'), true)
})
dress()

function dress() {
  const form = document.getElementById('composer')
  if (form instanceof HTMLFormElement) freshen(form)
}

async function freshen(form) {
  const way = form.dataset.way
  const text = form.elements.text
  const words = text.value
  const send = form.querySelector('.send')
  text.placeholder = { public: 'Everybody will see this', private: 'Only they will see this', note: 'Only the team will see this' }[way]
  send.textContent =
    way === 'note' ? 'Keep note' : usualStatusAfter(form.elements.role.value, words) === 'pending' ? 'Send → Pending' : 'Send'
  const line = document.getElementById('composer-count')
  if (way === 'note') {
    showThread(form, words, null)
    line.textContent = 'internal'
    line.classList.remove('late')
    return
  }
  const limit = Number(form.dataset[`${way}Limit`])
  const count = await counterFor(form.dataset[`${way}Rule`], () => import(`./platforms/${form.dataset.platform}/length.js`))
  const used = words.trim() ? count(sign(words, form.dataset.initials)) : 0
  const left = limit - used
  const thread = showThread(form, words, { count, limit })
  const isTooLong = thread.parts !== 1 && words.trim() !== '' && !thread.isChosen
  if (thread.isChosen)
    send.textContent = send.textContent.replace('Send', `Send ${thread.parts} ${way === 'private' ? 'messages' : 'posts'}`)
  line.textContent = `${thread.isChosen ? `in ${thread.parts} parts` : `${left} left`} · ^${form.dataset.initials}`
  line.classList.toggle('late', isTooLong)
  text.toggleAttribute('aria-invalid', isTooLong)
}

function saveSoon(form) {
  clearTimeout(saving)
  saving = setTimeout(() => save(form, false), 700)
}

async function save(form, isLeaving) {
  saving = null
  if (!form?.isConnected) return
  const body = new URLSearchParams(new FormData(form))
  body.delete('template')
  const state = document.getElementById('draft-state')
  try {
    const answer = await fetch(`${form.dataset.path}/draft`, {
      method: 'POST',
      body,
      headers: { accept: 'application/json' },
      keepalive: isLeaving,
    })
    if (isLeaving) return
    if (!answer.ok) throw new Error(String(answer.status))
    const { warnings, price } = await answer.json()
    showPrice(document.getElementById('composer-price'), price)
    document
      .getElementById('composer-warnings')
      ?.replaceChildren(...warnings.map(words => Object.assign(document.createElement('li'), { textContent: words })))
    if (state) state.textContent = form.dataset.way === 'note' || !form.elements.text.value.trim() ? '' : 'Draft kept'
  } catch {
    if (state) state.textContent = 'Draft not kept: no connection'
  }
}

function insert(template) {
  const form = template.closest('form')
  const text = form.elements.text
  const words = template.dataset.text
  const at = text.selectionStart
  const before = text.value.slice(0, at)
  text.setRangeText((before && !/\s$/.test(before) ? ' ' : '') + words, at, text.selectionEnd, 'end')
  if ([...form.elements.role.options].some(option => option.value === template.dataset.kind))
    form.elements.role.value = template.dataset.kind
  form.elements.templateId.value = template.value
  document.getElementById('templates').open = false
  text.focus()
  if (!selectNext(text, at)) text.setSelectionRange(text.value.length, text.value.length)
  text.dispatchEvent(new Event('input', { bubbles: true }))
}

/** Selects the next {{…}} from there on, or from the beginning. */
function selectNext(text, from) {
  const found = [...text.value.matchAll(/\{\{[^{}]*\}\}/g)]
  const next = found.find(one => one.index >= from) ?? found[0]
  if (!next) return false
  text.setSelectionRange(next.index, next.index + next[0].length)
  return true
}

function filterTemplates(words) {
  const wanted = words.toLowerCase().split(/\s+/)
  for (const one of document.querySelectorAll('.template-list button'))
    one.hidden = !wanted.every(word => one.textContent.toLowerCase().includes(word))
}

function inPicker(event) {
  const first = document.querySelector('.template-list button:not([hidden])')
  if (event.key === 'Enter') {
    event.preventDefault()
    if (first) insert(first)
  } else if (event.key === 'ArrowDown') {
    event.preventDefault()
    first?.focus()
  }
}
