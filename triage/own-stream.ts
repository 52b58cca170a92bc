// What an account's own stream is wanted for: all that happens to it, wherever its platform tells of that at once.
import { v7 as newId } from 'uuid'
import type { OwnStream } from '../connectors/connector.ts'
import { type AccountRow, listConnected, markStreamBarred, markStreaming } from '../db/accounts.ts'
import { insertDeliveries } from '../db/deliveries.ts'
import type { Desk } from '../desk.ts'
import { openLine } from '../line.ts'
import { OWN_STREAM } from './coverage.ts'
import type { Wanted } from './stream.ts'

/** One for each connected account whose platform has such a stream. */
export async function ownStreams(desk: Desk): Promise<Wanted[]> {
  return (await listConnected(desk.db)).flatMap(account => {
    const stream = desk.connectorFor(account.platform).intake.ownStream
    return stream ? [streamOf(desk, stream, account)] : []
  })
}

function streamOf(desk: Desk, stream: OwnStream, account: Pick<AccountRow, 'id' | 'appId'>): Wanted {
  const tell = () => desk.live.tell({ topic: 'account', id: account.id })
  return {
    ownerId: account.id,
    stream,
    tells: [{ id: 'own', accountId: account.id }],
    asks: account.appId,
    line: () => openLine(desk, account.id),
    // It tells of the whole account, unasked.
    follow: async () => {},
    mark: async (_, since) => {
      await markStreaming(desk.db, account.id, since, desk.now())
      tell()
    },
    markBarred: async because => {
      await markStreamBarred(desk.db, account.id, because)
      tell()
    },
    keep: async ({ body }) => {
      const { id: accountId, appId } = account
      await insertDeliveries(desk.db, [
        { id: newId(), appId, accountId, source: OWN_STREAM, headers: {}, body: desk.vault.seal(body), receivedAt: desk.now() },
      ])
      await desk.ring({ name: 'readDeliveries' })
    },
  }
}
