// `npm run doctor`: checks the desk and every connected account, says what is wrong and what to do about it; mends subscriptions only with --repair.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pino from 'pino'
import { type Config, readConfig } from './config.ts'
import { connectorFor } from './connectors/all.ts'
import { type Database, openDatabase } from './db/connect.ts'
import type { Desk } from './desk.ts'
import { openDoorbell } from './jobs.ts'
import { openLine } from './line.ts'
import { type CheckUp, exitCodeOf } from './metrics/check-up.ts'
import { checkUpText } from './metrics/check-up-text.ts'
import { examine, type Wanted } from './metrics/examine.ts'
import { keyFile, openVault } from './vault.ts'

const USAGE = 'npm run doctor -- [--account HANDLE] [--json] [--repair]'

/** Said in words to whoever ran it. */
class CannotLook extends Error {}

try {
  const { account, json, repair } = readArguments()
  const checkUp = await doctor(readConfig(process.env), { handle: account, isRepairing: repair })
  if (account && !checkUp.accounts.length && !checkUp.desk.some(check => check.state === 'fault'))
    throw new CannotLook(`No connected account is called @${account.replace(/^@/, '')}: the accounts page shows their handles.`)
  const exitCode = exitCodeOf(checkUp)
  await end(json ? `${JSON.stringify({ ...checkUp, exitCode }, null, 2)}\n` : checkUpText(checkUp), exitCode)
} catch (error) {
  console.error(whyNot(error))
  process.exit(2)
}

function readArguments() {
  try {
    const options = {
      account: { type: 'string' },
      json: { type: 'boolean', default: false },
      repair: { type: 'boolean', default: false },
    } as const
    return parseArgs({ options }).values
  } catch (error) {
    throw new CannotLook(`${(error as Error).message}\n  ${USAGE}`)
  }
}

async function doctor(config: Config, wanted: Wanted): Promise<CheckUp> {
  const database = await openForLooking(config)
  const desk: Desk = {
    db: database.db,
    ring: async () => {},
    now: () => new Date(),
    vault: openVault(secretOf(config)),
    live: { tell: () => {} },
    log: pino({ level: 'silent' }),
    connectorFor,
    publicUrl: config.publicUrl,
  }
  try {
    return await examine(
      desk,
      { lineTo: id => openLine(desk, id), queueProblem: () => queueProblem(config, database), isEmbedded: database.isEmbedded },
      wanted,
    )
  } finally {
    await database.close()
  }
}

async function openForLooking(config: Config): Promise<Database> {
  if (!config.databaseUrl && !existsSync(join(config.dataDir, 'db')))
    throw new CannotLook(
      `There is no Heed in ${config.dataDir} yet. Start it once with npm start, or give the doctor the DATA_DIR or DATABASE_URL of the one you mean.`,
    )
  try {
    return await openDatabase(config)
  } catch (error) {
    if (!/another Heed is running/.test((error as Error).message)) throw error
    throw new CannotLook(
      `Heed is running on ${config.dataDir}, and the embedded database lets one process in at a time.\n` +
        `  Stop Heed and ask the doctor again, or leave it running and open ${config.publicUrl}/health, which shows most of this.`,
    )
  }
}

/** Never makes a key: one made now would open nothing. */
function secretOf({ secretKey, dataDir }: Config): string {
  return secretKey ?? (existsSync(join(dataDir, 'secret.key')) ? keyFile(dataDir) : '')
}

async function queueProblem({ redisUrl }: Config, { pool, isEmbedded }: Database): Promise<string | null> {
  let problem = 'no answer in 5 s'
  const late = new Promise<string>(resolve => setTimeout(() => resolve(problem), 5_000).unref())
  const onProblem = (error: Error) => {
    problem = wordsOf(error)
  }
  const counted = openDoorbell({ redisUrl, pool, isEmbedded, onProblem }).then(async bell => {
    await bell.counts()
    await bell.close()
    return null
  })
  return Promise.race([counted.catch(wordsOf), late])
}

/** Whatever still waits for a queue that is away must not hold up the end. */
async function end(text: string, exitCode: number) {
  await new Promise<void>(written => process.stdout.write(text, () => written()))
  process.exit(exitCode)
}

function whyNot(error: unknown): string {
  if (error instanceof CannotLook) return error.message
  if (error instanceof Error && error.name === 'ConfigError') return error.message.replace('Heed cannot start', 'The doctor cannot look')
  return `The doctor could not look: ${wordsOf(error)}. See whether the database runs, and whether DATABASE_URL is the one its processes have.`
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code || error.name : String(error)
}
