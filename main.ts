// One process that runs web + worker + clock on the embedded database: what `npm start` runs.
import { startClock } from './clock.ts'
import { readConfig } from './config.ts'
import { type Demo, startDemo } from './demo.ts'
import { openDesk, startProcess, stopOnSignal } from './open-desk.ts'
import { chooseJudges } from './triage/scorers/choose.ts'
import { holdStreams } from './triage/stream.ts'
import { createFirstAdmin, storeStarterTemplates } from './web/first-start.ts'
import { startWeb } from './web/server.ts'
import { serveDoorbell } from './worker.ts'

startProcess(async () => {
  const config = readConfig(process.env)
  const judges = await chooseJudges(config.triage)
  const opened = await openDesk(config, 'all')
  const { desk } = opened
  let demo: Demo | null = null
  const web = await startWeb(opened, config, () => demo)
  const worker = serveDoorbell(desk, opened.doorbell, judges)
  const streams = holdStreams(desk)
  const clock = startClock(desk, config)
  const stop = async () => {
    await demo?.stop()
    await clock.close()
    await streams.close()
    await web.close()
    await worker.close()
    await opened.close()
  }
  stopOnSignal(stop, desk.log)

  await storeStarterTemplates(desk)
  const admin = await createFirstAdmin(desk)
  const signIn = admin ? `sign in as ${admin.email} with the password ${admin.password} (shown this once)` : 'sign in as before'
  console.log(`Heed is at ${config.publicUrl.replace(/:0$/, `:${web.port}`)} · ${signIn}`)
  // After that line: a first start that is killed in here has shown its password.
  if (config.demo) demo = await startDemo(desk, { dataDir: config.dataDir, port: web.port, webUrl: `http://127.0.0.1:${web.port}` })
})
