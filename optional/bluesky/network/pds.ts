// One PDS as a process of its own, so that it can be killed: accounts, repositories, rate limits. Started by start.ts.
import './on-loopback.ts'
import { PDS } from '@atproto/pds'
import type { PdsSettings } from './start.ts'

const { port, folder, plcUrl, appViewUrl, appViewDid, bypassKey, jwtSecret } = JSON.parse(process.argv[2]!) as PdsSettings
const pds = await PDS.fromEnv({
  devMode: true,
  port,
  hostname: 'localhost',
  dataDirectory: `${folder}/data`,
  blobstoreDiskLocation: `${folder}/blobs`,
  blobstoreDiskTmpLocation: `${folder}/blobs-on-their-way`,
  didPlcUrl: plcUrl,
  bskyAppViewUrl: appViewUrl,
  bskyAppViewDid: appViewDid,
  bskyAppViewCdnUrlPattern: `${appViewUrl}/img/%s/plain/%s/%s`,
  serviceHandleDomains: ['.test'],
  enableDidDocWithSession: true,
  inviteRequired: false,
  disableSsrfProtection: true,
  rateLimitsEnabled: true,
  rateLimitBypassKey: bypassKey,
  jwtSecret,
  adminPassword: 'only for this machine',
  // The same after a restart, or nobody's changes would be signed rightly.
  plcRotationKeyK256PrivateKeyHex: `${'a'.repeat(63)}1`,
})
await pds.start()
console.log('ready')
