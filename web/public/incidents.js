// Keeps "Will read", the count, the cuts and the price of each rendition fresh while someone types. Without it the server does all of it.
import { showPrice } from './price.js'
import { showStatusThread } from './thread-offer.js'

for (const form of document.querySelectorAll('[data-update-form]')) {
  const select = form.elements.nextMinutes
  const next = () => (select ? (select.selectedOptions[0].dataset.next ?? '') : '')
  const refresh = async field => {
    const box = field.closest('[data-rendition]')
    const words = finish(field.value, next())
    box.querySelector('[data-preview]').textContent = words
    const output = box.querySelector('[data-count]')
    if (!output) return
    const counted = await counterOf(field.dataset.rule, field.dataset.platform)
    const count = counted(words)
    const limit = Number(field.dataset.limit)
    output.textContent = `${count} of ${limit.toLocaleString('en')}`
    const isThread = showStatusThread(box.querySelector('[data-thread]'), words, { count: counted, limit })
    output.className = count > limit && !isThread ? 'late' : 'muted'
  }
  const fields = form.querySelectorAll('textarea')
  for (const field of fields) field.addEventListener('input', () => refresh(field))
  select?.addEventListener('change', () => {
    for (const field of fields) refresh(field)
  })
  let asking = null
  form.addEventListener('input', event => {
    if (event.target.name?.startsWith('posts-')) refresh(event.target.closest('[data-rendition]').querySelector('textarea'))
    clearTimeout(asking)
    asking = setTimeout(() => askPrice(form), 500)
  })
  form.addEventListener('submit', () => {
    for (const button of form.querySelectorAll('button[type="submit"]')) button.setAttribute('aria-disabled', 'true')
  })
}

/** Where it cannot be asked, no price is better than an old one. */
async function askPrice(form) {
  try {
    const answer = await fetch(form.dataset.pricePath, { method: 'POST', body: new URLSearchParams(new FormData(form)) })
    if (!answer.ok) return
    const { total, each } = await answer.json()
    for (const line of form.querySelectorAll('[data-price]')) showPrice(line, each[line.dataset.price])
    showPrice(document.getElementById('update-price'), total && { words: total, cap: null })
  } catch {
    showPrice(document.getElementById('update-price'), null)
  }
}

function finish(text, next) {
  const words = (next ? text : text.replace(/\bby (?=\{\{next\}\})/g, ''))
    .replaceAll('{{next}}', next || 'as soon as something changes')
    .trim()
  return /\^\S+\s*$/.test(words) ? words : `${words} ^Team`
}

async function counterOf(rule, platform) {
  if (rule === 'x-weighted') return (await import(`/public/platforms/${platform}/length.js`)).weightedLength
  if (rule === 'utf8-bytes') return text => new TextEncoder().encode(text).length
  if (rule === 'graphemes') return text => [...new Intl.Segmenter().segment(text)].length
  return text => text.length
}
