// What a watch term would have caught yesterday: how much, what it would cost, and the newest of it.
import type { Previewed, TermPreview } from '../../triage/term-preview.ts'
import { Time } from './time.tsx'

/** Hidden by what comes after it. */
export const Asking = ({ label }: { label: string }) => (
  <p class="asking muted" role="status">
    Asking {label} for the last 24 hours…
  </p>
)

export function PreviewResult({ result, label, now }: { result: Previewed; label: string; now: Date }) {
  if (!result.ok)
    return (
      <p class="problem preview" role="alert">
        {label} did not answer the search: {result.because} Nothing was stored.
      </p>
    )
  const { preview } = result
  return (
    <section class="stack preview" aria-labelledby="preview">
      <h2 id="preview">{titleOf(preview)}</h2>
      <div class="tiles">
        <Tile figure={preview.perMonth.toLocaleString('en')} label="a month, at this pace" />
        <Tile figure={preview.toUs.toLocaleString('en')} label="of these were said to you: they come without a term too" />
        {preview.price ? (
          <Tile
            figure={usd(preview.price.perMonth)}
            label={`a month at ${usd(preview.price.each)} for each post read (${label}'s prices of ${preview.price.checkedOn})`}
          />
        ) : (
          <Tile figure="$0" label={`${label} charges nothing for a search`} />
        )}
      </div>
      <p class="muted">
        Asked as <code dir="auto">{preview.asked}</code>
        {preview.price?.thisPreview ? `. This preview cost ${usd(preview.price.thisPreview)}` : ''}. None of it is stored.
      </p>
      {preview.samples.length ? (
        <ol class="samples" aria-label="The newest of them">
          {preview.samples.map(one => (
            <li>
              <header class="row">
                <strong>@{one.author?.handle ?? 'unknown'}</strong>
                {one.addressesUs ? <span class="chip">said to you</span> : null}
                <span class="grow"></span>
                <Time at={one.postedAt} now={now} />
              </header>
              <p class="said" dir="auto">
                {one.text}
              </p>
            </li>
          ))}
        </ol>
      ) : null}
    </section>
  )
}

function titleOf({ found, isWhole }: TermPreview): string {
  if (!found) return 'It would have caught nothing in the last 24 hours'
  const posts = `${found.toLocaleString('en')} ${found === 1 ? 'post' : 'posts'}`
  return isWhole ? `It would have caught ${posts} in the last 24 hours` : `More than ${posts} in the last 24 hours: these are the newest`
}

const Tile = ({ figure, label }: { figure: string; label: string }) => (
  <div class="tile">
    <strong>{figure}</strong>
    <span class="muted">{label}</span>
  </div>
)

/** Cents where there are any, and tenths of them below a dime. */
export const usd = (amount: number) =>
  `$${amount.toLocaleString('en', { minimumFractionDigits: amount && amount < 0.1 ? 3 : amount < 100 ? 2 : 0, maximumFractionDigits: amount && amount < 0.1 ? 3 : amount < 100 ? 2 : 0 })}`
