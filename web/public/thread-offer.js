// The offer to send a long text as a thread, kept fresh while someone types: the cuts are the server's own.
import { sign, signForTeam } from './rules/signature.js'
import { splitText } from './rules/split.js'

/** `rule` is null for a note. Answers with the parts the text would make, and whether they were chosen. */
export function showThread(form, words, rule) {
  const offer = document.getElementById('thread-offer')
  if (!offer) return { parts: 1, isChosen: false }
  const way = form.dataset.way
  const out = rule ? Number(offer.dataset[way === 'private' ? 'outPrivate' : 'outPublic']) : 0
  const cut = rule && words.trim() ? splitText(words, { ...rule, sign: text => sign(text, form.dataset.initials), out }) : null
  const barred = way === 'private' && offer.dataset.onlyOne === 'true' ? offer.dataset.onlyOneWords : ''
  const isChosen = draw(offer, cut, rule, way === 'private' ? 'messages' : 'posts', barred)
  return { parts: cut?.ok ? cut.pieces.length : 0, isChosen }
}

/** The same in a status update's form, of a finished text. */
export function showStatusThread(offer, text, rule) {
  return draw(offer, splitText(text, { ...rule, sign: words => signForTeam(words) }), rule, 'posts')
}

/** `barred`: why it may not be a thread though it could be cut. Answers whether it is chosen. */
function draw(offer, cut, rule, what, barred = '') {
  const pieces = cut?.ok ? cut.pieces : []
  const isPossible = pieces.length > 1 && !barred
  const box = offer.querySelector('input')
  const whyNot = offer.querySelector('.why-not')
  offer.hidden = !cut || pieces.length === 1
  box.disabled = !isPossible
  box.value = pieces.length
  box.closest('label').hidden = !isPossible
  offer.querySelector('.how-many').textContent = `${pieces.length} ${what}`
  whyNot.hidden = isPossible
  whyNot.textContent = barred || (cut && !cut.ok ? cut.because : '')
  offer.querySelector('.parts').replaceChildren(...(isPossible ? pieces.map(piece => partOf(piece.text, rule)) : []))
  return isPossible && box.checked
}

function partOf(text, { count, limit }) {
  const words = Object.assign(document.createElement('p'), { dir: 'auto', textContent: text })
  const length = Object.assign(document.createElement('span'), { className: 'muted', textContent: `${count(text)}/${limit}` })
  const part = document.createElement('li')
  part.append(words, length)
  return part
}
