// The composer's pictures: what is added so far, each with the words for those who cannot see it, and the way to add more.
import type { Limits, NoPictures, PictureRule } from '../../connectors/connector.ts'
import type { ReplyPicture } from '../../db/reply-pictures.ts'
import { pictureRuleWords } from '../../responders/pictures.ts'
import { Icon } from './icon.tsx'

interface ComposerPicturesProps {
  pictures: readonly ReplyPicture[]
  /** Why the last ones were not added. */
  problems: readonly string[]
  rules: Limits['pictures']
  label: string
  way: 'public' | 'private' | 'note'
  /** A send was stopped for what these lack. */
  isStopped: boolean
  /** There may be a public pointer beside a private answer: each picture goes with one of the two. */
  hasPointer: boolean
  path: string
  query: string
}

export function ComposerPictures(props: ComposerPicturesProps) {
  const { pictures, problems, rules, label, path, query } = props
  const takes = WAYS.filter(way => rules[way].most > 0)
  const types = new Set(WAYS.flatMap(way => ('types' in rules[way] ? rules[way].types : [])))
  return (
    <section
      class="pictures"
      id="composer-pictures"
      aria-label="Pictures"
      data-takes={takes.join(' ')}
      data-action={`${path}/draft/pictures${query}`}
      data-public-alt={altLimitOf(rules.public)}
      data-private-alt={altLimitOf(rules.private)}
      data-public-bytes={bytesOf(rules.public)}
      data-private-bytes={bytesOf(rules.private)}
    >
      {problems.length ? (
        <ul class="problem" id="picture-problems" role="alert">
          {problems.map(one => (
            <li>{one}</li>
          ))}
        </ul>
      ) : null}
      {pictures.length ? (
        <ol class="picture-list">
          {pictures.map((picture, nth) => (
            <Picture picture={picture} nth={nth + 1} {...props} />
          ))}
        </ol>
      ) : null}
      <div class="picture-add">
        {takes.length ? (
          <span class="picking">
            <input
              type="file"
              id="picture-files"
              name="pictures"
              multiple
              accept={[...types].join(',')}
              aria-label="Pictures to add"
              aria-describedby={problems.length ? 'picture-problems picture-rules' : 'picture-rules'}
            />
            <label class="button small quiet only-js" for="picture-files" aria-hidden="true">
              <Icon name="picture" /> Add pictures
            </label>
            <button
              type="submit"
              class="small only-plain"
              formaction={`${path}/draft/pictures${query}`}
              formenctype="multipart/form-data"
              formnovalidate
            >
              Add the chosen pictures
            </button>
          </span>
        ) : null}
        <p class="hint" id="picture-rules">
          {WAYS.map(way => (
            <span data-for={way}>{pictureRuleWords(rules[way], label)}</span>
          ))}
        </p>
      </div>
    </section>
  )
}

function Picture({
  picture,
  nth,
  rules,
  way,
  label,
  hasPointer,
  isStopped,
  path,
  query,
}: ComposerPicturesProps & { picture: ReplyPicture; nth: number }) {
  const { id, alt, width, height, forPointer, isKept } = picture
  const limit = way === 'note' ? undefined : altLimitOf(rules[way])
  const left = limit === undefined ? null : limit - alt.length
  return (
    <li>
      {isKept ? (
        <img src={`/reply-pictures/${id}`} width={width} height={height} alt={alt || `Picture ${nth}, not described yet`} />
      ) : (
        <span class="gone">no longer kept</span>
      )}
      <div class="describing">
        <label for={`alt-${id}`}>Picture {nth}: what it shows</label>
        <textarea
          id={`alt-${id}`}
          name={`alt-${id}`}
          rows={2}
          dir="auto"
          aria-required={limit === undefined ? undefined : 'true'}
          aria-invalid={isStopped && left !== null && (left < 0 || !alt) ? 'true' : undefined}
          aria-describedby={`alt-count-${id}`}
          placeholder={
            limit === undefined ? `${label} shows no descriptions: kept here only` : 'In a few words, for those who cannot see it'
          }
        >
          {alt}
        </textarea>
        <div class="row">
          <output class={left !== null && left < 0 ? 'length late' : 'length'} id={`alt-count-${id}`} for={`alt-${id}`}>
            {left === null ? '' : `${left} left`}
          </output>
          {hasPointer ? (
            <label class="inline" data-for="private">
              <input type="checkbox" name={`pointer-${id}`} value="1" checked={forPointer} /> with the public pointer
            </label>
          ) : null}
          <span class="grow"></span>
          <button
            type="submit"
            class="small quiet"
            formaction={`${path}/draft/pictures/${id}/removal${query}`}
            formnovalidate
            data-removes-picture
          >
            Remove<span class="visually-hidden"> picture {nth}</span>
          </button>
        </div>
      </div>
    </li>
  )
}

const WAYS = ['public', 'private'] as const
const altLimitOf = (rule: PictureRule | NoPictures) => ('altLimit' in rule ? (rule.altLimit ?? undefined) : undefined)
const bytesOf = (rule: PictureRule | NoPictures) => ('maxBytes' in rule ? rule.maxBytes : undefined)
