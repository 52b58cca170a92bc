// Pictures in the composer: chosen, dropped or pasted ones are added at once, made smaller where the platform takes less; and the count of each description.

import { say } from './heed.js'

document.addEventListener('heed:taken', dress)
document.addEventListener('change', event => {
  if (event.target.id === 'picture-files') add([...event.target.files])
})
document.addEventListener('input', event => {
  if (event.target.name === 'way' || event.target.name?.startsWith('alt-')) count()
})
document.addEventListener('click', event => {
  const remove = event.target.closest('[data-removes-picture]')
  if (!remove) return
  event.preventDefault()
  swap(remove.getAttribute('formaction'), new FormData(remove.form))
})
document.addEventListener('paste', event => {
  const files = pictures(event.clipboardData)
  if (!event.target.closest?.('#composer') || !files.length || event.clipboardData.types.includes('text/plain')) return
  event.preventDefault()
  add(files)
})
document.addEventListener('dragover', event => {
  const form = event.target.closest?.('#composer')
  if (!form || !event.dataTransfer.types.includes('Files')) return
  event.preventDefault()
  form.classList.add('is-dropping')
})
document.addEventListener('dragleave', event => {
  if (event.target.id === 'composer') event.target.classList.remove('is-dropping')
})
document.addEventListener('drop', event => {
  const form = event.target.closest?.('#composer')
  if (!form || !event.dataTransfer.types.includes('Files')) return
  event.preventDefault()
  form.classList.remove('is-dropping')
  add(pictures(event.dataTransfer))
})
dress()

function dress() {
  // Added as soon as they are chosen, so the form itself brings none.
  document.getElementById('picture-files')?.removeAttribute('name')
  count()
}

function area() {
  return document.getElementById('composer-pictures')
}
function pictures(transfer) {
  return [...(transfer?.files ?? [])].filter(file => file.type.startsWith('image/'))
}

async function add(files) {
  const here = area()
  const form = here?.closest('form')
  if (!form || !files.length) return
  here.setAttribute('aria-busy', 'true')
  const most = Number(here.dataset[`${form.dataset.way}Bytes`]) || Number.POSITIVE_INFINITY
  const body = new FormData(form)
  for (const file of files) {
    const fitting = await fitted(file, most)
    body.append('pictures', fitting, fitting.name)
  }
  await swap(here.dataset.action, body)
}

/** The server answers with the whole page; the words somebody is writing stay as they are. */
async function swap(path, body) {
  area()?.setAttribute('aria-busy', 'true')
  try {
    const answer = await fetch(path, { method: 'POST', body, headers: { accept: 'text/html' } })
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const fresh = page.getElementById('composer-pictures')
    if (!fresh) throw new Error(page.querySelector('main p')?.textContent ?? `The server answered ${answer.status}.`)
    const more = fresh.querySelectorAll('li img').length - (area()?.querySelectorAll('li img').length ?? 0)
    area()?.replaceWith(fresh)
    dress()
    const empty = [...document.querySelectorAll('#composer-pictures textarea')].find(one => !one.value)
    ;(empty ?? document.getElementById('picture-files'))?.focus()
    const isAsked = fresh.querySelector('[aria-required]') !== null
    if (more > 0) say(`${more === 1 ? 'Picture' : `${more} pictures`} added${isAsked ? ': say what can be seen' : ''}.`)
    if (more < 0) say('Picture removed.')
  } catch (error) {
    area()?.removeAttribute('aria-busy')
    say(`Not done: ${error.message}`)
  }
}

/** A photo of a large camera is made as small as it must be; what the browser cannot draw goes as it is, and the server says what it thinks. */
async function fitted(file, most) {
  if (file.size <= most || !/^image\/(jpeg|png|webp)$/.test(file.type)) return file
  try {
    const drawn = await createImageBitmap(file)
    for (const side of [3000, 2000, 1400, 1000]) {
      const scale = Math.min(1, side / Math.max(drawn.width, drawn.height))
      const canvas = Object.assign(document.createElement('canvas'), {
        width: Math.round(drawn.width * scale),
        height: Math.round(drawn.height * scale),
      })
      const pen = canvas.getContext('2d')
      // JPEG knows nothing of see-through.
      pen.fillStyle = '#fff'
      pen.fillRect(0, 0, canvas.width, canvas.height)
      pen.drawImage(drawn, 0, 0, canvas.width, canvas.height)
      const blob = await new Promise(done => canvas.toBlob(done, 'image/jpeg', 0.86))
      if (blob && blob.size <= most) return new File([blob], `${file.name.replace(/\.\w+$/, '')}.jpg`, { type: 'image/jpeg' })
    }
  } catch {
    // Not a picture this browser knows.
  }
  return file
}

function count() {
  const here = area()
  const way = here?.closest('form')?.dataset.way
  const limit = here?.dataset[`${way}Alt`]
  for (const words of here?.querySelectorAll('textarea') ?? []) {
    const line = document.getElementById(words.getAttribute('aria-describedby'))
    const left = Number(limit) - words.value.length
    line.textContent = limit ? `${left} left` : ''
    line.classList.toggle('late', Boolean(limit) && left < 0)
  }
}
