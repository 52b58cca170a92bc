// What every page does by script: fresh times, menus that close, toasts that go, the help, switches kept in this browser.
document.documentElement.classList.add('js')

setInterval(freshenTimes, 20_000)
freshenTimes()
for (const field of document.querySelectorAll('[data-offset]')) field.value = String(new Date().getTimezoneOffset())

document.addEventListener('click', event => {
  const opener = event.target.closest('[data-open]')
  if (opener) openDialog(opener.dataset.open)
  for (const menu of document.querySelectorAll('details.menu[open]')) if (!menu.contains(event.target)) menu.open = false
})

document.addEventListener(
  'keydown',
  event => {
    if (event.key !== 'Escape') return
    const menu = document.querySelector('details.menu[open]')
    if (!menu) return
    menu.open = false
    menu.querySelector('summary').focus()
    event.stopImmediatePropagation()
  },
  true,
)

for (const [id, name] of [
  ['keys-on', 'heed.keys'],
  ['live-on', 'heed.live'],
]) {
  const box = document.getElementById(id)
  if (!box) continue
  box.checked = isOn(name)
  box.addEventListener('change', () => {
    localStorage.setItem(name, box.checked ? 'on' : 'off')
    document.dispatchEvent(new CustomEvent('heed:switched', { detail: name }))
  })
}

tendToasts()
new MutationObserver(tendToasts).observe(document.body, { childList: true, subtree: true })

export function isOn(name) {
  return localStorage.getItem(name) !== 'off'
}

export function openDialog(id) {
  const dialog = document.getElementById(id)
  if (dialog && !dialog.open) dialog.showModal()
}

/** Says something in the toasts' corner, which is read aloud. */
export function say(message, tone = 'good') {
  const toast = document.createElement('div')
  toast.className = `toast ${tone}`
  toast.append(Object.assign(document.createElement('span'), { textContent: message }))
  document.getElementById('toasts')?.replaceChildren(toast)
}

export function freshenTimes() {
  const now = Date.now()
  for (const time of document.querySelectorAll('time[datetime]')) {
    const at = Date.parse(time.dateTime)
    if (!Number.isFinite(at)) continue
    if (!time.dataset.local) {
      time.title = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' }).format(at)
      time.dataset.local = 'yes'
    }
    const words = 'countdown' in time.dataset ? timeLeft(at, now) : /ago$|^in |^just/.test(time.textContent) ? ago(at, now) : null
    if (words !== null && words !== time.textContent) time.textContent = words
  }
}

// A toast with an undo stays while the undo can; others go after six seconds, unless somebody is at them.
function tendToasts() {
  for (const toast of document.querySelectorAll('.toast:not([data-tended])')) {
    toast.dataset.tended = 'yes'
    const until = Number(toast.dataset.until) || Date.now() + (toast.querySelector('form') ? 12_000 : 6_000)
    const tend = () => {
      if (toast.matches(':hover, :focus-within')) return setTimeout(tend, 1_000)
      toast.remove()
    }
    setTimeout(tend, Math.max(0, until - Date.now()))
  }
}

// The same words as web/parts/time.tsx.
function span(minutes) {
  if (minutes < 60) return `${minutes} min`
  if (minutes < 2880) return `${Math.floor(minutes / 60)} h`
  return `${Math.floor(minutes / 1440)} d`
}
function ago(at, now) {
  const minutes = Math.round(Math.abs(now - at) / 60_000)
  if (minutes < 1) return 'just now'
  return at <= now ? `${span(minutes)} ago` : `in ${span(minutes)}`
}
function timeLeft(due, now) {
  const left = Math.floor((due - now) / 60_000)
  if (left >= 0) return left === 0 ? '<1 min' : span(left)
  const late = Math.max(1, -left)
  if (late >= 2880) return `-${Math.floor(late / 1440)} d`
  return `-${String(Math.floor(late / 60)).padStart(2, '0')}:${String(late % 60).padStart(2, '0')}`
}
