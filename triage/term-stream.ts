// What an app's stream is wanted for: the watch terms of its accounts, as long as the plan and the money allow.
import { v7 as newId } from 'uuid'
import type { PollPage, Stream } from '../connectors/connector.ts'
import { getAccount } from '../db/accounts.ts'
import { insertDeliveries } from '../db/deliveries.ts'
import { listStreamedTerms, markStreamed, type StreamedTerm } from '../db/watch-terms.ts'
import type { Desk } from '../desk.ts'
import type { Id } from '../domain.ts'
import { openLine } from '../line.ts'
import { mayStillSearch } from './spend.ts'
import type { Wanted } from './stream.ts'

/** One for each app that has terms, and whose platform streams to it. */
export async function termStreams(desk: Desk): Promise<Wanted[]> {
  const byApp = Map.groupBy(await withMoney(desk, await listStreamedTerms(desk.db)), term => term.appId)
  const wanted: Wanted[] = []
  for (const terms of byApp.values()) {
    const stream = desk.connectorFor(terms[0]!.platform).intake.stream
    if (!stream || stream.barredBecause(await openLine(desk, terms[0]!.accountId))) continue
    wanted.push(streamOf(desk, stream, terms))
  }
  return wanted
}

function streamOf(desk: Desk, stream: Stream, terms: readonly StreamedTerm[]): Wanted {
  const { appId, accountId } = terms[0]!
  return {
    ownerId: appId,
    stream,
    tells: terms,
    asks: JSON.stringify(terms.map(({ id, anyOf, noneOf, languages, handle }) => [id, anyOf, noneOf, languages, handle])),
    line: () => openLine(desk, accountId),
    follow: async () => {
      const asked = terms.map(term => ({ ...term, account: { handle: term.handle } }))
      const problems = await stream.follow(await openLine(desk, accountId), asked)
      if (problems.length) desk.log.warn({ problems }, 'the platform streams not all terms; searches find the others')
    },
    mark: (told, since) => {
      const ids = told.map(term => term.id)
      return markStreamed(desk.db, ids, since, desk.now())
    },
    keep: page => keep(desk, terms, page),
  }
}

/** Over its cap an account's terms rest; its own mentions are polled all the same. */
async function withMoney(desk: Desk, terms: readonly StreamedTerm[]): Promise<StreamedTerm[]> {
  const spent = new Set<Id>()
  for (const accountId of new Set(terms.map(term => term.accountId)))
    if (!(await mayStillSearch(desk.db, await getAccount(desk.db, accountId), desk.now())).ok) spent.add(accountId)
  return terms.filter(term => !spent.has(term.accountId))
}

/** A page belongs to the account whose term it names; one for a term that is gone is let go. */
async function keep(desk: Desk, terms: readonly StreamedTerm[], { list, body }: PollPage) {
  const term = terms.find(one => list === `stream:${one.id}`)
  if (!term) return
  const { appId, accountId } = term
  await insertDeliveries(desk.db, [
    { id: newId(), appId, accountId, source: `poll:${list}`, headers: {}, body: desk.vault.seal(body), receivedAt: desk.now() },
  ])
  await desk.ring({ name: 'readDeliveries' })
}
