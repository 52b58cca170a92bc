// Keeps "Will read" and the count of each rendition fresh while someone types. Without it the server does both.
for (const form of document.querySelectorAll('[data-update-form]')) {
  const select = form.elements.nextMinutes
  const next = () => (select ? (select.selectedOptions[0].dataset.next ?? '') : '')
  const refresh = async field => {
    const box = field.closest('[data-rendition]')
    const words = finish(field.value, next())
    box.querySelector('[data-preview]').textContent = words
    const output = box.querySelector('[data-count]')
    if (!output) return
    const count = (await counterOf(field.dataset.rule, field.dataset.platform))(words)
    const limit = Number(field.dataset.limit)
    output.textContent = `${count} of ${limit.toLocaleString('en')}`
    output.className = count > limit ? 'late' : 'muted'
  }
  const fields = form.querySelectorAll('textarea')
  for (const field of fields) field.addEventListener('input', () => refresh(field))
  select?.addEventListener('change', () => {
    for (const field of fields) refresh(field)
  })
  form.addEventListener('submit', () => {
    for (const button of form.querySelectorAll('button[type="submit"]')) button.setAttribute('aria-disabled', 'true')
  })
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
