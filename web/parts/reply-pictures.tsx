// The pictures of an answer of ours, below its words in the thread.
import type { ReplyPicture } from '../../db/reply-pictures.ts'

export function ReplyPictures({ pictures }: { pictures: readonly ReplyPicture[] }) {
  if (!pictures.length) return null
  return (
    <ul class="attachments" aria-label="Pictures of this answer">
      {pictures.map(({ id, alt, width, height, isKept }) => (
        <li>
          {isKept ? (
            <figure>
              <a class="thumbnail" href={`/reply-pictures/${id}`} target="_blank" rel="noopener">
                <img
                  src={`/reply-pictures/${id}`}
                  width={width}
                  height={height}
                  alt={alt || 'A picture without a description'}
                  loading="lazy"
                />
              </a>
              {alt ? <figcaption class="muted">{alt}</figcaption> : null}
            </figure>
          ) : (
            <p class="cannot">{alt ? `A picture, no longer kept here: ${alt}` : 'A picture, no longer kept here.'}</p>
          )}
        </li>
      ))}
    </ul>
  )
}
