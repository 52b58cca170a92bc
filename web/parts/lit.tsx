// A customer's words with the cues triage saw lit in them.
import type { Reason } from '../../domain.ts'

export function Lit({ text, reasons }: { text: string; reasons: readonly Reason[] }) {
  return (
    <>{cutAtCues(text, reasons).map(piece => (piece.because === null ? piece.text : <mark title={piece.because}>{piece.text}</mark>))}</>
  )
}

export interface Piece {
  text: string
  /** Null: plain text. */
  because: string | null
}

/** The cues that decided: what spoke for it and can be pointed at, the weightiest three. */
export const topCues = (reasons: readonly Reason[]) =>
  reasons
    .filter(reason => reason.span && reason.points > 0)
    .sort((a, b) => b.points - a.points)
    // A word that comes twice says the same twice.
    .filter((reason, i, all) => all.findIndex(other => other.because === reason.because) === i)
    .slice(0, 3)

/** Cuts the text at the cues' spans (UTF-16 offsets). Overlaps light once, with the weightier cue's words; no emoji is cut in two. */
export function cutAtCues(text: string, reasons: readonly Reason[]): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const [start, end, because] of spansOf(text, reasons)) {
    if (start > at) pieces.push({ text: text.slice(at, start), because: null })
    pieces.push({ text: text.slice(start, end), because })
    at = end
  }
  if (at < text.length) pieces.push({ text: text.slice(at), because: null })
  return pieces
}

function spansOf(text: string, reasons: readonly Reason[]): [number, number, string][] {
  const taken: [number, number, string][] = []
  for (const { span, because } of topCues(reasons)) {
    if (!span) continue
    const start = whole(text, Math.max(0, span[0]), -1)
    const end = whole(text, Math.min(text.length, span[1]), 1)
    if (start < end && taken.every(([from, to]) => end <= from || start >= to)) taken.push([start, end, because])
  }
  return taken.sort((a, b) => a[0] - b[0])
}

/** An offset between the halves of one character moves to its edge. */
function whole(text: string, offset: number, direction: -1 | 1): number {
  const isInside = /[\uD800-\uDBFF]/.test(text[offset - 1] ?? '') && /[\uDC00-\uDFFF]/.test(text[offset] ?? '')
  return isInside ? offset + direction : offset
}
