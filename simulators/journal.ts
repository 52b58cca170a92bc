// What happened on a simulated platform, appended line by line, so that its state survives a restart and kill -9.
import fs from 'node:fs'
import path from 'node:path'

export interface Journal<Entry> {
  append: (entry: Entry) => void
  close: () => void
}

/** Tells `replay` every entry kept so far, then appends. Without a directory nothing is kept. */
export function openJournal<Entry>(dir: string | undefined, name: string, replay: (entry: Entry) => void): Journal<Entry> {
  if (!dir) return { append: () => undefined, close: () => undefined }
  fs.mkdirSync(dir, { recursive: true })
  const file = path.join(dir, `${name}.jsonl`)
  if (fs.existsSync(file)) replayFile(file, replay)
  const fd = fs.openSync(file, 'a')
  let turn = ''
  const write = () => {
    if (turn) fs.writeSync(fd, turn)
    turn = ''
  }
  return {
    // What happens in one turn is one write, and before any caller hears of it: a kill leaves a post and its push, or neither.
    append: entry => {
      if (!turn) queueMicrotask(write)
      turn += `${JSON.stringify(entry)}\n`
    },
    close: () => {
      write()
      fs.closeSync(fd)
    },
  }
}

function replayFile<Entry>(file: string, replay: (entry: Entry) => void): void {
  const bytes = fs.readFileSync(file)
  const end = bytes.lastIndexOf(0x0a) + 1
  for (const line of bytes.subarray(0, end).toString('utf8').split('\n')) if (line) replay(JSON.parse(line) as Entry)
  // A line that was cut by a kill is dropped, or the next one would be glued to it.
  if (end < bytes.length) fs.truncateSync(file, end)
}
