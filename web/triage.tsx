// What triage learnt: every correction by date, what it was before and after, and undoing from a date on.
import { type Context, Hono } from 'hono'
import type { TriageConfig } from '../config.ts'
import { countStanding } from '../db/corrections.ts'
import { countOpinions } from '../db/second-opinions.ts'
import { type CorrectionLine, countChanges, countOtherChanges, listCorrections, type OtherChange } from '../db/triage-page.ts'
import { hashOf, strongestCues, undoSince } from '../triage/corrections.ts'
import { findLearntState, type LearntState } from '../triage/learnt.ts'
import { scorerNamed } from '../triage/scorer.ts'
import type { WebEnv } from './env.ts'
import { redirectSaying } from './parts/flash.ts'
import { Page } from './parts/page.tsx'
import { refused } from './parts/refused.tsx'
import { Time } from './parts/time.tsx'
import { TriageTabs } from './parts/triage-tabs.tsx'
import { CATEGORY, PRIORITY, plural } from './parts/words.ts'
import { hasRole, requireRole } from './session.ts'

export function triagePages(): Hono<WebEnv> {
  const pages = new Hono<WebEnv>()
  pages.get('/triage', showLearnt)
  pages.post('/triage/corrections/undo', requireRole('lead'), undo)
  return pages
}

async function showLearnt(c: Context<WebEnv>) {
  const { db, now } = c.get('desk')
  const before = Number(c.req.query('before')) || undefined
  const { triage } = c.get('desk').config
  const strong = strongModelOf(triage)
  const [standing, changes, others, found, opinions] = await Promise.all([
    countStanding(db),
    countChanges(db),
    countOtherChanges(db),
    listCorrections(db, LINES, before),
    strong === null ? null : countOpinions(db, strong, now()),
  ])
  const lines = found.slice(0, LINES)
  const readable = lines.filter(line => !line.undoneAt && line.text !== null).map(line => ({ ...line.after, text: line.text! }))
  const learnt = await findLearntState(db, readable)
  const locked = hasRole(c.get('teammate'), 'lead') ? {} : { disabled: true, title: LEADS_ONLY }
  return c.html(
    <Page c={c} title="What triage learnt" section="triage" styles={['dashboard', 'triage']}>
      <div class="page-head">
        <div>
          <h1>{standing.corrections ? `What ${plural(standing.corrections, 'correction')} changed` : 'What triage learnt'}</h1>
          <p class="muted">{stateWords(learnt, standing.corrections)}</p>
        </div>
        <TriageTabs here="learnt" />
      </div>
      <WhoJudges triage={triage} opinions={opinions} />
      {changes.length || others.length ? (
        <section class="card stack" aria-labelledby="changes">
          <h2 id="changes">Said most often</h2>
          <ul class="facts">
            {changes.slice(0, 8).map(change => (
              <li>
                {CATEGORY[change.from]} → <strong>{CATEGORY[change.to]}</strong> {change.count}×
              </li>
            ))}
            {others.slice(0, 6).map(change => (
              <li>
                {partWords(change.part, change.from)} → <strong>{partWords(change.part, change.to)}</strong> {change.count}×
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {learnt.words.length ? <Words learnt={learnt} /> : null}
      {lines.length ? (
        byDay(lines).map(([day, ofDay]) => (
          <section class="stack" aria-labelledby={`day-${day}`}>
            <div class="section-head">
              <h2 id={`day-${day}`}>{DAY.format(ofDay[0]!.at)}</h2>
              {ofDay.some(line => !line.undoneAt) ? (
                <form method="post" action="/triage/corrections/undo">
                  <input type="hidden" name="since" value={day} />
                  <button
                    type="submit"
                    class="small quiet"
                    {...locked}
                    title={locked.title ?? 'Learns as if nothing had been said from this day on; tickets stay as they are'}
                  >
                    Undo from this day on
                  </button>
                </form>
              ) : null}
            </div>
            <ul class="day-list card corrections">
              {ofDay.map(line => (
                <Correction line={line} now={now()} />
              ))}
            </ul>
          </section>
        ))
      ) : (
        <div class="empty card">
          <strong>Nothing was corrected yet</strong>
          <p>
            On a ticket or card press <kbd>c</kbd> and say what it really is: triage learns from it within the minute.
          </p>
        </div>
      )}
      {found.length > LINES ? (
        <p>
          <a class="button small" href={`/triage?before=${lines.at(-1)!.id}`}>
            Older ones
          </a>
        </p>
      ) : null}
    </Page>,
  )
}

/** Which scorer judges, and what a stronger one was asked. */
function WhoJudges({ triage, opinions }: { triage: TriageConfig; opinions: Awaited<ReturnType<typeof countOpinions>> | null }) {
  const sure = Math.round(triage.unsureBelow * 100)
  return (
    <section class="card stack" aria-labelledby="who-judges">
      <h2 id="who-judges">Who judges</h2>
      {triage.scorer === 'lexicon' ? (
        <p>
          The plain word list (<code>TRIAGE_SCORER=lexicon</code>), for comparison. Corrections are kept, and count again when the trained
          scorer judges.
        </p>
      ) : (
        <p>
          The trained scorer <strong>{scorerNamed('linear').model}</strong>, with what was learnt here.
        </p>
      )}
      {opinions ? (
        <p>
          Less sure than {sure} %, it asks for a second opinion: {STRONG[triage.scorer as keyof typeof STRONG](triage)}. This month{' '}
          {plural(opinions.asked, 'question')}, {plural(opinions.answered, 'answer')}
          {triage.scorer === 'endpoint'
            ? `, ${opinions.tokens.toLocaleString('en')} of ${triage.endpoint!.tokens.toLocaleString('en')} tokens`
            : ''}
          .{opinions.problem ? <span class="muted"> Most often in the way: {opinions.problem}.</span> : null}
        </p>
      ) : (
        <p class="muted">No second opinion is asked. TRIAGE_SCORER chooses: linear, lexicon, endpoint, onnx or encoder.</p>
      )}
    </section>
  )
}

function Correction({ line, now }: { line: CorrectionLine; now: Date }) {
  const { category, priority, sentiment } = line.after
  const isAsItWas = line.text !== null && hashOf(line.text) === line.textHash
  const cues = isAsItWas ? strongestCues(line.text!, line.reasons) : []
  return (
    <li class={line.undoneAt ? 'correction is-undone' : 'correction'}>
      <div>
        <p class="from-to">
          {[
            category &&
              (category === line.predicted.category
                ? `${CATEGORY[category]}, confirmed`
                : `${CATEGORY[line.predicted.category]} → ${CATEGORY[category]}`),
            priority && `${PRIORITY[line.predicted.priority]} → ${partWords('priority', priority)}`,
            sentiment && `Sounds ${line.predicted.sentiment} → ${sentiment}`,
          ]
            .filter(Boolean)
            .join('; ')}{' '}
          {line.undoneAt ? <span class="chip">undone</span> : line.learntAt ? null : <span class="chip warn">being learnt</span>}
        </p>
        <p class="said muted" dir="auto" lang={line.language ?? undefined}>
          {line.text === null
            ? 'The words were erased with the mention; what was learnt stays.'
            : isAsItWas
              ? excerpt(line.text)
              : 'The mention was edited since.'}
        </p>
        {cues.length ? (
          <p class="moved-words">
            <span class="hint">it had gone by</span>
            {cues.map(cue => (
              <span class="chip">{cue}</span>
            ))}
          </p>
        ) : null}
      </div>
      <p class="hint">
        {line.ticketNumber ? <a href={`/tickets/${line.ticketNumber}`}>#{line.ticketNumber}</a> : SOURCE[line.source]} · {line.by} ·{' '}
        <Time at={line.at} now={now} />
      </p>
    </li>
  )
}

function Words({ learnt }: { learnt: LearntState }) {
  return (
    <section class="card stack" aria-labelledby="words">
      <h2 id="words">Words that moved</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Word</th>
              <th scope="col">speaks since</th>
              <th scope="col" class="number">
                by
              </th>
            </tr>
          </thead>
          <tbody>
            {learnt.words.map(one => (
              <tr>
                <th scope="row" dir="auto">
                  {one.word}
                </th>
                <td>
                  {one.points > 0 ? 'for' : 'against'} {CATEGORY[one.category]}
                </td>
                <td class="number">{signedPoints(one.points)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="hint">
        Points that corrections added, in words of corrected mentions that are still there; one correction moves a word a little, several
        move it far.
      </p>
    </section>
  )
}

async function undo(c: Context<WebEnv>) {
  const { since } = (await c.req.parseBody()) as { since?: string }
  const from = new Date(`${since}T00:00:00Z`)
  if (!since || Number.isNaN(from.getTime()))
    return refused(c, 422, 'No date', 'The form came without a date, so nothing was changed.', {
      href: '/triage',
      label: 'Back to what was learnt',
    })
  const count = await undoSince(c.get('desk'), c.get('teammate').id, from)
  return redirectSaying(
    c,
    '/triage',
    count
      ? `${plural(count, 'correction')} undone: triage learns again without them. Tickets stay as they are.`
      : 'There was nothing to undo from that day on.',
  )
}

function stateWords(learnt: LearntState, standing: number): string {
  if (learnt.isBehind) return 'The newest are being learnt: this takes a moment.'
  if (!standing) return 'Corrections move the weights of this workspace, one step each, on top of what triage came with.'
  return 'All of them are learnt, one step each; replayed from zero they give the same weights.'
}
const partWords = (part: OtherChange['part'], value: string) =>
  part === 'priority' ? `${PRIORITY[value as keyof typeof PRIORITY] ?? value} priority` : `sounds ${value}`
/** Under which name its answers are kept; undefined: whatever it calls itself. */
const strongModelOf = ({ scorer, endpoint }: TriageConfig): string | undefined | null =>
  scorer === 'endpoint' ? endpoint!.model : scorer === 'onnx' || scorer === 'encoder' ? undefined : null
const STRONG = {
  endpoint: ({ endpoint }: TriageConfig) =>
    `${endpoint!.model} at ${new URL(endpoint!.url).host}, which sees the words without names, numbers and links`,
  onnx: () => 'a model on this machine',
  encoder: () => 'the sentence encoder on this machine',
}
const signedPoints = (points: number) => (points < 0 ? `−${Math.abs(points).toFixed(2)}` : `+${points.toFixed(2)}`)

const byDay = (lines: CorrectionLine[]) => [...Map.groupBy(lines, line => line.at.toISOString().slice(0, 10))]
const excerpt = (text: string) => (text.length > 200 ? `${text.slice(0, 199).toWellFormed()}…` : text)
const SOURCE = { ticket: 'ticket', opened: 'card', dismissed: 'card', similar: 'similar ones', noise_sample: 'noise sample' } as const
const LEADS_ONLY = 'Only a lead or an admin can undo what was learnt.'
const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' })
const LINES = 100
