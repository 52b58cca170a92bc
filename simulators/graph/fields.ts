// The `fields` parameter of the Graph API: names, nested fields in braces, and modifiers such as .limit(5).

export interface Field {
  name: string
  modifiers: Record<string, string>
  fields: Field[] | null
}

/** Undefined when it cannot be read. */
export function parseFields(text: string): Field[] | undefined {
  let at = 0
  const list = (): Field[] | undefined => {
    const fields: Field[] = []
    for (;;) {
      const name = word()
      if (!name) return undefined
      const field: Field = { name, modifiers: {}, fields: null }
      while (text[at] === '.') {
        at++
        const modifier = word()
        const end = text.indexOf(')', at)
        if (!modifier || text[at] !== '(' || end < 0) return undefined
        field.modifiers[modifier] = text.slice(at + 1, end)
        at = end + 1
      }
      if (text[at] === '{') {
        at++
        const inner = list()
        if (!inner || text[at] !== '}') return undefined
        at++
        field.fields = inner
      }
      fields.push(field)
      if (text[at] !== ',') return fields
      at++
    }
  }
  const word = (): string => {
    const found = /^[\s]*([a-zA-Z_0-9]+)[\s]*/.exec(text.slice(at))
    at += found?.[0].length ?? 0
    return found?.[1] ?? ''
  }
  const fields = list()
  return at === text.length ? fields : undefined
}

/** How one kind of object answers for each of its fields. */
export type Answers = Record<string, (field: Field) => unknown>

/** The id is always told; a field nobody knows is error 100. */
export function answerFields(answers: Answers, fields: Field[], kind: string): Record<string, unknown> | { unknown: string } {
  const answered: Record<string, unknown> = {}
  for (const field of fields) {
    const answer = answers[field.name]
    if (!answer) return { unknown: `Tried accessing nonexisting field (${field.name}) on node type (${kind})` }
    const value = answer(field)
    if (value !== undefined) answered[field.name] = field.fields ? narrowed(value, field.fields) : value
  }
  if (!('id' in answered) && answers.id) answered.id = answers.id({ name: 'id', modifiers: {}, fields: null })
  return answered
}

/** Plain objects inside an object give only what was asked for. */
function narrowed(value: unknown, fields: Field[]): unknown {
  if (!value || typeof value !== 'object' || 'data' in value) return value
  const wanted = new Set(fields.map(field => field.name))
  return Object.fromEntries(Object.entries(value).filter(([name]) => wanted.has(name) || name === 'id'))
}
