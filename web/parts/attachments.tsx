// What somebody put beside their words: pictures as thumbnails through our own proxy, the rest by name and a way to the platform.
import { NOTHING_SAID, wordsOr } from '../../connectors/wordless.ts'
import type { Attachment, Id } from '../../domain.ts'
import { plural } from './words.ts'

interface AttachmentsProps {
  mentionId: Id
  attachments: readonly Attachment[] | null
  /** The mention over there. */
  url: string | null
  label: string
}

export function Attachments({ mentionId, attachments, url, label }: AttachmentsProps) {
  if (!attachments?.length) return null
  return (
    <ul class="attachments">
      {attachments.map((attachment, index) => (
        <li>
          <figure>
            {attachment.url ? (
              <Thumbnail
                attachment={attachment}
                src={`/mentions/${mentionId}/pictures/${index}`}
                nth={attachments.length > 1 ? ` ${index + 1} of ${attachments.length}` : ''}
                there={{ url, label }}
              />
            ) : null}
            {attachment.kind === 'picture' && attachment.url ? null : <Elsewhere kind={attachment.kind} url={url} label={label} />}
            {attachment.alt ? (
              <figcaption>
                <span class="muted">They say it shows:</span> {attachment.alt}
              </figcaption>
            ) : null}
          </figure>
        </li>
      ))}
    </ul>
  )
}

/** Triage was handed something in place of the words; a person sees the thing itself. */
export function hasWords(text: string, attachments: readonly Attachment[] | null): boolean {
  return !attachments?.length || (text !== NOTHING_SAID && text !== wordsOr('', attachments))
}

/** "2 pictures", "picture, video". */
export function attachedWords(kinds: readonly Attachment['kind'][]): string {
  const counts = new Map<Attachment['kind'], number>()
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].map(([kind, count]) => (count === 1 ? NAME[kind] : plural(count, NAME[kind]))).join(', ')
}

interface ThumbnailProps {
  attachment: Attachment
  src: string
  nth: string
  there: { url: string | null; label: string }
}

/** Its place is kept before it comes, so that nothing jumps. Where it cannot be had, a script puts the reason there. */
function Thumbnail({ attachment: { kind, alt, width, height }, src, nth, there }: ThumbnailProps) {
  const size = fitted(width, height)
  const name = kind === 'picture' ? 'Picture' : `Still of the ${NAME[kind]}`
  return (
    <a class="thumbnail" href={src} target="_blank" rel="noopener" aria-label={`${name}${nth}, in full size`}>
      <img
        src={src}
        alt={alt ?? `${name}, not described`}
        {...(size ?? UNKNOWN_SIZE)}
        class={size ? undefined : 'is-unsized'}
        loading="lazy"
        decoding="async"
        data-picture
        data-there={there.url ?? undefined}
        data-label={there.label}
      />
    </a>
  )
}

function Elsewhere({ kind, url, label }: { kind: Attachment['kind']; url: string | null; label: string }) {
  if (!url)
    return (
      <p class="muted">
        {NAME[kind]} – only {label} shows it
      </p>
    )
  return (
    <a class="elsewhere" href={url} target="_blank" rel="noopener noreferrer">
      {NAME[kind]} – open on {label} ↗
    </a>
  )
}

/** Within a square, by its own proportions; a long strip keeps a side one can see and hit. */
function fitted(width: number | null, height: number | null): { width: number; height: number } | null {
  if (!width || !height) return null
  // Some tell proportions instead of pixels (9 by 16).
  const scale = width < SMALLEST && height < SMALLEST ? SIDE / Math.max(width, height) : Math.min(1, SIDE / Math.max(width, height))
  return { width: Math.max(SMALLEST, Math.round(width * scale)), height: Math.max(SMALLEST, Math.round(height * scale)) }
}

const NAME: Readonly<Record<Attachment['kind'], string>> = { picture: 'picture', gif: 'GIF', video: 'video', audio: 'sound', file: 'file' }
const SIDE = 240
const SMALLEST = 48
const UNKNOWN_SIZE = { width: 240, height: 180 }
