// Uploaded pictures below a post or in a bubble of a simulator's public page, each with the description it came with.
import type { DrawnPicture } from './drawn-pictures.ts'
import type { ShownUpload } from './uploads.ts'

export function Uploads({ of = [] }: { of?: readonly ShownUpload[] | undefined }) {
  if (!of.length) return null
  return (
    <div class="uploads">
      {of.map(({ id, alt }) => (
        <figure>
          <img src={`/_page/uploads/${id}`} alt={alt} loading="lazy" />
          {alt ? <figcaption>{alt}</figcaption> : null}
        </figure>
      ))}
    </div>
  )
}

/** In a form: a picture is drawn for whoever wants one. */
export function WithPicture() {
  return (
    <>
      <label class="choice">
        <input type="checkbox" name="picture" value="1" />
        <span>With a picture, drawn for you</span>
      </label>
      <label>
        What it shows, if you like to say
        <input name="alt" maxlength={1000} autocomplete="off" />
      </label>
    </>
  )
}

/** What such a form says. A description alone asks for a picture too. */
export function picturesIn(form: Record<string, unknown>): DrawnPicture[] {
  const alt = String(form.alt ?? '').trim()
  return form.picture || alt ? [{ alt }] : []
}
