// Says what a send costs, as the server counted it. Unchanged words are left alone: nobody hears them twice.
export function showPrice(line, price) {
  if (!line) return
  const said = [price?.words, price?.cap].filter(Boolean)
  if (line.textContent.trim() === said.join(' ')) return
  const words = Object.assign(document.createElement('span'), { textContent: said[0] ?? '' })
  line.replaceChildren(...(price ? [words] : []))
  if (price?.cap) line.append(' ', Object.assign(document.createElement('strong'), { textContent: price.cap }))
}
