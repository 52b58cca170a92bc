// Reads the environment, once; stops the start and names what is missing.
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'

const flag = z.enum(['on', 'off'])
const environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  HOST: z.string().min(1).optional(),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(10),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  SECRET_KEY: z.string().min(32, 'needs at least 32 characters, for instance from `openssl rand -hex 32`').optional(),
  DATA_DIR: z.string().min(1).default('.heed'),
  DEMO: flag.default('on'),
  SYNC_TO_DISK: flag.default('on'),
  RAW_BODY_DAYS: z.coerce.number().int().min(1).max(365).default(30),
  TRIAGE_SCORER: z.enum(['linear', 'lexicon', 'endpoint', 'onnx', 'encoder']).default('linear'),
  TRIAGE_UNSURE_BELOW: z.coerce.number().min(0).max(1).default(0.5),
  TRIAGE_TIME_LIMIT_MS: z.coerce.number().int().min(50).max(60_000).default(3_000),
  TRIAGE_ENDPOINT_URL: z.url({ protocol: /^https?$/ }).optional(),
  TRIAGE_ENDPOINT_MODEL: z.string().min(1).optional(),
  TRIAGE_ENDPOINT_KEY: z.string().min(1).optional(),
  TRIAGE_ENDPOINT_TOKENS: z.coerce.number().int().min(0).default(1_000_000),
  TRIAGE_ONNX_FOLDER: z.string().min(1).optional(),
  TRIAGE_PACKAGES: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
})

export interface Config {
  port: number
  host: string
  /** Where browsers and platforms reach us: sign-in callbacks and webhooks are built from it. */
  publicUrl: string
  /** Proxies of ours between browsers and this process, each adding to X-Forwarded-For; 0: nobody's word is taken but the socket's. */
  trustedProxies: number
  /** Undefined: the embedded database in `dataDir`. */
  databaseUrl: string | undefined
  databasePool: number
  redisUrl: string | undefined
  /** Undefined only on the embedded database, where the key is a file in `dataDir`. */
  secretKey: string | undefined
  dataDir: string
  demo: boolean
  syncToDisk: boolean
  rawBodyDays: number
  triage: TriageConfig
  logLevel: string
}

/** Who judges; see triage/scorers/. */
export interface TriageConfig {
  /** `linear` and `lexicon` judge alone; with the others `linear` judges, and they are asked about what it is unsure of. */
  scorer: 'linear' | 'lexicon' | 'endpoint' | 'onnx' | 'encoder'
  /** Less sure than this, 0…1: a stronger scorer is asked. */
  unsureBelow: number
  /** For one answer of a stronger scorer. */
  timeLimitMs: number
  /** An OpenAI-compatible API up to its version, as in `https://host/v1`. `tokens`: what all its answers of a calendar month may cost. */
  endpoint: { url: string; model: string; key: string | undefined; tokens: number } | undefined
  /** Holds model.onnx, and beside it what its README asks for. */
  onnxFolder: string | undefined
  /** Below it stands the node_modules with the packages that only onnx and encoder need. */
  packages: string
}

/** What the process needs, or an error that names each wrong variable and its remedy. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** @throws ConfigError naming every wrong variable at once. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  // An empty variable (`PORT=`) is how many hosts say "unset".
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const read = environment.safeParse(given)
  if (!read.success) {
    const lines = read.error.issues.map(issue => `  ${issue.path.join('.')}: ${issue.message}`)
    throw new ConfigError(`Heed cannot start. Mend these variables:\n${lines.join('\n')}`)
  }
  const e = read.data
  if (e.DATABASE_URL && !e.SECRET_KEY)
    throw new ConfigError(
      'Heed cannot start. With DATABASE_URL set, SECRET_KEY is needed too: it encrypts stored tokens and raw deliveries.\n' +
        '  Make one with `openssl rand -hex 32`, give every process the same, and keep it: without it those rows cannot be read.',
    )
  if (e.REDIS_URL && !e.DATABASE_URL)
    throw new ConfigError('Heed cannot start. REDIS_URL needs DATABASE_URL: the embedded database has one process only.')
  if (e.TRIAGE_SCORER === 'endpoint' && !(e.TRIAGE_ENDPOINT_URL && e.TRIAGE_ENDPOINT_MODEL))
    throw new ConfigError('Heed cannot start. TRIAGE_SCORER=endpoint needs TRIAGE_ENDPOINT_URL and TRIAGE_ENDPOINT_MODEL too.')
  if (e.TRIAGE_SCORER === 'onnx' && !e.TRIAGE_ONNX_FOLDER)
    throw new ConfigError('Heed cannot start. TRIAGE_SCORER=onnx needs TRIAGE_ONNX_FOLDER too: the folder that holds model.onnx.')
  return {
    port: e.PORT,
    host: e.HOST ?? (e.DATABASE_URL ? '0.0.0.0' : '127.0.0.1'),
    publicUrl: (e.PUBLIC_URL ?? `http://localhost:${e.PORT}`).replace(/\/$/, ''),
    trustedProxies: e.TRUSTED_PROXIES,
    databaseUrl: e.DATABASE_URL,
    databasePool: e.DATABASE_POOL,
    redisUrl: e.REDIS_URL,
    secretKey: e.SECRET_KEY,
    dataDir: resolve(e.DATA_DIR),
    demo: e.DEMO === 'on' && !e.DATABASE_URL,
    syncToDisk: e.SYNC_TO_DISK === 'on',
    rawBodyDays: e.RAW_BODY_DAYS,
    triage: {
      scorer: e.TRIAGE_SCORER,
      unsureBelow: e.TRIAGE_UNSURE_BELOW,
      timeLimitMs: e.TRIAGE_TIME_LIMIT_MS,
      endpoint:
        e.TRIAGE_ENDPOINT_URL && e.TRIAGE_ENDPOINT_MODEL
          ? {
              url: e.TRIAGE_ENDPOINT_URL.replace(/\/$/, ''),
              model: e.TRIAGE_ENDPOINT_MODEL,
              key: e.TRIAGE_ENDPOINT_KEY,
              tokens: e.TRIAGE_ENDPOINT_TOKENS,
            }
          : undefined,
      onnxFolder: e.TRIAGE_ONNX_FOLDER && resolve(e.TRIAGE_ONNX_FOLDER),
      packages: resolve(e.TRIAGE_PACKAGES ?? projectRoot),
    },
    logLevel: e.LOG_LEVEL,
  }
}

/** The folder of package.json: where files that are not compiled (icons, css, weights) are found, from sources and from dist/ alike. */
export const projectRoot = findRoot(import.meta.dirname)

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  const parent = dirname(folder)
  if (parent === folder) throw new ConfigError(`no package.json above ${import.meta.dirname}`)
  return findRoot(parent)
}
