// `npm run password -- EMAIL`: a new password for a teammate who lost theirs; ends their sessions.
import { randomBytes } from 'node:crypto'
import { readConfig } from './config.ts'
import { openDatabase } from './db/connect.ts'
import { startProcess } from './open-desk.ts'
import { setPassword } from './web/auth.ts'

startProcess(async () => {
  const email = process.argv[2]?.trim().toLowerCase()
  const database = await openDatabase(readConfig(process.env))
  const teammate = email ? await database.db.selectFrom('teammates').select('id').where('email', '=', email).executeTakeFirst() : undefined
  if (teammate) {
    const password = randomBytes(9).toString('base64url')
    await setPassword({ db: database.db, now: () => new Date() }, teammate.id, password)
    console.log(`The new password of ${email} is ${password}`)
  } else {
    console.error(email ? `There is no teammate with the e-mail ${email}.` : 'Say whose: npm run password -- EMAIL')
    process.exitCode = 1
  }
  await database.close()
})
