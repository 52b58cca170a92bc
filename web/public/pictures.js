// A picture that cannot be had leaves its reason in its place, and the way to the platform.
document.addEventListener('error', event => explain(event.target), true)
// Those that failed before this script came.
for (const picture of document.querySelectorAll('img[data-picture]')) if (picture.complete && !picture.naturalWidth) explain(picture)

async function explain(picture) {
  if (!picture.matches?.('img[data-picture]')) return
  const thumbnail = picture.closest('a')
  const answer = await fetch(picture.src, { headers: { accept: 'text/plain' } }).catch(() => null)
  // It came after all, or the page has changed meanwhile.
  if (answer?.ok || !thumbnail?.isConnected) return
  const because = answer ? await answer.text() : 'This Heed cannot be reached just now.'
  const words = document.createElement('p')
  words.className = 'cannot'
  words.append(`This picture cannot be shown here. ${because} `)
  const { there, label } = picture.dataset
  if (there) {
    const out = document.createElement('a')
    Object.assign(out, { href: there, target: '_blank', rel: 'noopener noreferrer', textContent: `Open on ${label} ↗` })
    words.append(out)
  }
  thumbnail.replaceWith(words)
}
