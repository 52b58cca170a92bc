// Shows how a template will read while it is written: the server counts, so the browser cannot count wrong.
for (const form of document.querySelectorAll('form[data-preview]')) {
  const place = document.getElementById('preview')
  let timer
  let latest = 0
  const show = async () => {
    const mine = ++latest
    const answer = await fetch(form.dataset.preview, { method: 'POST', body: new FormData(form) }).catch(() => null)
    // An older answer that comes late must not replace a newer one.
    if (answer?.ok && mine === latest) place.innerHTML = await answer.text()
  }
  form.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(show, 200)
  })
}
