// How right triage is: precision and recall per category, measured before the corrections were learnt; the noise sample; drift.
import { type Context, Hono } from 'hono'
import { v7 as newId } from 'uuid'
import { countByWeek, countHandled, drawNoiseSample, listJudgedByPeople, type Sample } from '../db/triage-page.ts'
import type { Category } from '../domain.ts'
import { readCalendar } from '../metrics/zone.ts'
import { type Accuracy, type Measured, measureAccuracy } from '../triage/accuracy.ts'
import { categories, isNoise } from '../triage/categories.ts'
import { dismissMention, openFromMention } from '../triage/tickets.ts'
import type { WebEnv } from './env.ts'
import { ShareLine } from './parts/charts.tsx'
import { redirectSaying } from './parts/flash.ts'
import { Page } from './parts/page.tsx'
import { refused } from './parts/refused.tsx'
import { Time } from './parts/time.tsx'
import { TriageTabs } from './parts/triage-tabs.tsx'
import { CATEGORY, plural } from './parts/words.ts'
import { hasRole, requireRole } from './session.ts'

export function accuracyPages(): Hono<WebEnv> {
  const pages = new Hono<WebEnv>()
  pages.get('/triage/accuracy', showAccuracy)
  pages.post('/triage/sample', requireRole('lead'), settleSample)
  return pages
}

async function showAccuracy(c: Context<WebEnv>) {
  const { db, now } = c.get('desk')
  const { zone } = await readCalendar(db)
  const span = { from: startOfWeeks(now(), WEEKS), zone }
  const [people, handled, weeks, sample] = await Promise.all([
    listJudgedByPeople(db, span),
    countHandled(db, span),
    countByWeek(db, span),
    drawNoiseSample(db, { from: new Date(now().getTime() - SAMPLE_DAYS * 86_400_000), zone }, SAMPLE_ROWS),
  ])
  const accuracy = measureAccuracy({ people, handled, weeks })
  const { overall, noise } = accuracy
  const mayJudge = hasRole(c.get('teammate'), 'lead')
  return c.html(
    <Page c={c} title="Accuracy of triage" section="triage" styles={['dashboard', 'triage']}>
      <div class="page-head">
        <div>
          <h1>Accuracy</h1>
          <p class="muted">The last {WEEKS} weeks. Each judgement is measured before anything was learnt from it.</p>
        </div>
        <TriageTabs here="accuracy" />
      </div>
      <div class="tiles">
        <div class="tile">
          <h3>Right as it was</h3>
          <strong>{overall.seen ? percent(overall.right / overall.seen) : '–'}</strong>
          <ShareLine share={overall.seen ? overall.right / overall.seen : null} isFew={overall.seen < FEW} />
          <span class="muted">
            {overall.right.toLocaleString('en')} of {overall.seen.toLocaleString('en')} that people saw{between(overall.interval)}
          </span>
        </div>
        <div class="tile">
          <h3>Noise that is noise</h3>
          <strong>{noise.share === null ? '–' : percent(noise.share)}</strong>
          <ShareLine share={noise.share} isFew={noise.looked < FEW} />
          <span class="muted">
            {noise.looked ? `${noise.right} of ${noise.looked} drawn by lot${between(noise.interval)}` : 'nobody looked at a sample yet'}
          </span>
        </div>
        <div class="tile">
          <h3>Corrected</h3>
          <strong>{people.filter(one => one.predicted !== one.truth).length.toLocaleString('en')}</strong>
          <span class="muted">of {plural(people.length, 'mention')} a person judged</span>
        </div>
      </div>
      <SampleForm sample={sample} mayJudge={mayJudge} now={now()} />
      <Categories measured={accuracy.categories} hasSample={noise.looked > 0} />
      <Drift weeks={accuracy.weeks} />
    </Page>,
  )
}

function SampleForm({ sample, mayJudge, now }: { sample: Sample; mayJudge: boolean; now: Date }) {
  const locked = mayJudge ? {} : { disabled: true, title: LEADS_ONLY }
  return (
    <section class="stack" aria-labelledby="sample-title" id="sample">
      <div class="section-head">
        <h2 id="sample-title">Was this noise?</h2>
        <span class="muted">
          {sample.settled} of {sample.drawn} of the last {SAMPLE_DAYS} days looked at
        </span>
      </div>
      <p class="hint">
        Five in a hundred of each day’s noise, and at least twenty, drawn by lot: only so does anybody know what triage lets go by mistake.
      </p>
      {sample.open.length ? (
        <form method="post" action="/triage/sample" class="card corrections">
          {sample.open.map(row => (
            <div class="sample">
              <p class="row">
                <strong>{row.name || row.handle || 'Unknown author'}</strong>
                <span class="muted">@{row.handle}</span>
                <span class="grow" />
                <Time at={row.postedAt} now={now} />
              </p>
              <p class="said" dir="auto" lang={row.language ?? undefined}>
                {row.text}
              </p>
              <label class="inline">
                It is
                <select name={`category.${row.id}`} {...locked}>
                  {categories
                    .filter(one => one !== 'own_or_staff')
                    .map(one => (
                      <option value={one} selected={one === row.category}>
                        {one === row.category ? `${CATEGORY[one]}, as triage said` : CATEGORY[one]}
                      </option>
                    ))}
                </select>
              </label>
            </div>
          ))}
          <div class="sample">
            <p class="row">
              <button type="submit" class="primary" {...locked}>
                {sample.open.length === 1 ? 'Confirm this one' : `Confirm these ${sample.open.length}`}
              </button>
              <span class="hint">{mayJudge ? 'What is no noise becomes a ticket at once.' : LEADS_ONLY}</span>
            </p>
          </div>
        </form>
      ) : (
        <div class="empty card">
          <strong>{sample.drawn ? 'The sample is looked at' : 'No noise in the last days'}</strong>
          <p>{sample.drawn ? 'Tomorrow there will be another.' : 'There is nothing to draw from.'}</p>
        </div>
      )}
    </section>
  )
}

function Categories({ measured, hasSample }: { measured: Measured[]; hasSample: boolean }) {
  return (
    <section class="stack" aria-labelledby="categories-title">
      <h2 id="categories-title">By category</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Category</th>
              <th scope="col" class="number">
                Precision
              </th>
              <th scope="col" class="number">
                right of called so
              </th>
              <th scope="col" class="number">
                Recall
              </th>
              <th scope="col" class="number">
                found of truly so
              </th>
            </tr>
          </thead>
          <tbody>
            {measured.map(one => (
              <tr>
                <th scope="row">{CATEGORY[one.category]}</th>
                <Share share={one.precision} n={one.called} />
                <td class="number muted">{one.called ? `${one.right} of ${one.called}` : 'none seen'}</td>
                <Share share={one.recall} n={one.truly} />
                <td class="number muted">
                  {isNoise(one.category)
                    ? 'see the sample'
                    : one.recall === null
                      ? one.truly
                        ? 'needs the sample'
                        : 'none'
                      : `${one.right} of ${about(one.truly)}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="hint">
        Precision: of what triage called so and a person saw, how much was right; what nobody corrected while working on it counts as right.
        Recall:{' '}
        {hasSample
          ? 'what the sample found in the noise is reckoned up to all of it.'
          : 'nobody can say before the sample above was looked at.'}{' '}
        Figures from fewer than {FEW} are pale.
      </p>
    </section>
  )
}

function Share({ share, n }: { share: number | null; n: number }) {
  return (
    <td class="number">
      {share === null ? (
        <span class="muted">–</span>
      ) : (
        <>
          <span class={n < FEW ? 'muted' : undefined}>{percent(share)}</span>
          <svg class="meter-line" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
            <rect class="track" width="100" height="4" />
            <rect class="bar" width={Math.round(share * 100)} height="4" />
          </svg>
        </>
      )}
    </td>
  )
}

function Drift({ weeks }: { weeks: Accuracy['weeks'] }) {
  if (!weeks.length) return null
  const share = (part: number, whole: number) => (whole ? percent(part / whole) : '–')
  return (
    <section class="stack" aria-labelledby="drift-title">
      <h2 id="drift-title">Week by week</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Week from</th>
              <th scope="col" class="number">
                Mentions
              </th>
              <th scope="col" class="number">
                Noise
              </th>
              <th scope="col" class="number">
                Review
              </th>
              <th scope="col" class="number">
                Seen by people
              </th>
              <th scope="col" class="number">
                Corrected
              </th>
            </tr>
          </thead>
          <tbody>
            {weeks.toReversed().map(week => (
              <tr>
                <th scope="row">{DAY.format(week.week)}</th>
                <td class="number">{week.judged.toLocaleString('en')}</td>
                <td class="number">{share(week.noise, week.judged)}</td>
                <td class="number">{share(week.review, week.judged)}</td>
                <td class="number">{week.seen.toLocaleString('en')}</td>
                <td class="number">
                  {week.corrected.toLocaleString('en')} <span class="muted">{share(week.corrected, week.seen)}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="hint">
        A share of corrections that grows from week to week says that people write of new things: look at what they corrected.
      </p>
    </section>
  )
}

/** Every row of the form is a look at one: the same again confirms, something else corrects. */
async function settleSample(c: Context<WebEnv>) {
  const desk = c.get('desk')
  const form = await c.req.parseBody()
  const said = Object.entries(form).flatMap(([field, value]): { mentionId: string; category: Category }[] => {
    const mentionId = SAMPLE_FIELD.exec(field)?.[1]
    return mentionId && categories.includes(value as Category) ? [{ mentionId, category: value as Category }] : []
  })
  if (!said.length)
    return refused(c, 422, 'Nothing was said', 'The form came without any category, so nothing was changed.', {
      href: '/triage/accuracy',
      label: 'Back to the sample',
    })
  const by = { teammateId: c.get('teammate').id, source: 'noise_sample' as const, batchId: newId() }
  let opened = 0
  for (const one of said) {
    const done = isNoise(one.category) ? await dismissMention(desk, { ...by, ...one }) : await openFromMention(desk, { ...by, ...one })
    if (done.ok && !isNoise(one.category)) opened++
  }
  return redirectSaying(
    c,
    '/triage/accuracy',
    `${plural(said.length, 'mention')} looked at${opened ? `, ${plural(opened, 'ticket')} opened` : ''}. Thank you.`,
  )
}

/** Monday, so many weeks ago: whole weeks can be compared. */
function startOfWeeks(now: Date, weeks: number): Date {
  const monday = new Date(now)
  monday.setUTCHours(0, 0, 0, 0)
  monday.setUTCDate(monday.getUTCDate() - ((monday.getUTCDay() + 6) % 7) - (weeks - 1) * 7)
  return monday
}

const percent = (share: number) => `${(share * 100).toFixed((share > 0.995 && share < 1) || (share > 0 && share < 0.1) ? 1 : 0)} %`
const about = (n: number) => (Number.isInteger(n) ? String(n) : `about ${Math.round(n)}`)
const between = (interval: [number, number] | null) => (interval ? `; ${percent(interval[0])} to ${percent(interval[1])}` : '')
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
const LEADS_ONLY = 'Leads and admins look at the sample.'
const SAMPLE_FIELD = /^category\.([0-9a-f]{8}-[0-9a-f-]{27})$/
const WEEKS = 8
const SAMPLE_DAYS = 7
const SAMPLE_ROWS = 20
const FEW = 30
