// Judges requests to X and answers from X by X's own OpenAPI description: an empty list means they keep it.
import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'

export interface XJudge {
  request: (method: string, path: string, sent: { query?: Record<string, string>; body?: unknown }) => string[]
  response: (method: string, path: string, status: number, body: unknown) => string[]
}

/** `file`: X's description as JSON, https://api.x.com/2/openapi.json; its place comes from X_OPENAPI. */
export function loadXJudge(file: string): XJudge {
  const description = JSON.parse(readFileSync(file, 'utf8')) as Description
  const bodies = validators(description, {})
  // What stands in an address is always text.
  const queries = validators(description, { coerceTypes: 'array' })
  const calls = callsOf(description)
  const callOf = (method: string, path: string) => calls.find(call => call.method === method.toLowerCase() && call.pattern.test(path))
  const noSuchCall = (method: string, path: string) => [`X has no ${method} ${path}`]

  return {
    request(method, path, { query = {}, body }) {
      const call = callOf(method, path)
      if (!call) return noSuchCall(method, path)
      const { operation, pointer } = call
      const parameters = [...(description.paths[call.template]?.parameters ?? []), ...(operation.parameters ?? [])]
        .map(one => resolve(description, one))
        .filter(one => one.in === 'query')
      const complaints = parameters.filter(one => one.required && !(one.name in query)).map(one => `${one.name} is missing`)
      for (const [name, value] of Object.entries(query)) {
        const parameter = parameters.find(one => one.name === name)
        if (!parameter) complaints.push(`X knows no query parameter ${name} here`)
        else
          complaints.push(
            ...queries
              .judgeSchema(parameter.schema, parameter.schema.type === 'array' ? value.split(',') : value)
              .map(words => `${name}: ${words}`),
          )
      }
      const schema = operation.requestBody && resolve(description, operation.requestBody).content?.['application/json']
      if (schema && body !== undefined) complaints.push(...bodies.judge(`${pointer}/requestBody/content/application~1json/schema`, body))
      if (operation.requestBody?.required && body === undefined) complaints.push('the body is missing')
      return complaints
    },

    response(method, path, status, body) {
      const call = callOf(method, path)
      if (!call) return noSuchCall(method, path)
      const code = String(status) in call.operation.responses ? String(status) : 'default'
      const types = Object.keys(call.operation.responses[code]?.content ?? {})
      if (!types.length) return [`X does not describe status ${status} of ${method} ${call.template}`]
      // Errors come in two shapes; the one that fits better complains.
      const opinions = types.map(type => bodies.judge(`${call.pointer}/responses/${code}/content/${escaped(type)}/schema`, body))
      return opinions.sort((a, b) => a.length - b.length)[0]!
    },
  }
}

interface Parameter {
  name: string
  in: string
  required?: boolean
  schema: { type?: string }
}
interface Operation {
  parameters?: (Parameter | { $ref: string })[]
  requestBody?: { required?: boolean; content?: Record<string, unknown> }
  responses: Record<string, { content?: Record<string, unknown> }>
}
interface Description {
  paths: Record<string, Record<string, Operation> & { parameters?: Parameter[] }>
}

function validators(description: Description, options: ConstructorParameters<typeof Ajv>[0]) {
  const ajv = new Ajv({ strict: false, allErrors: true, ...options })
  formats.default(ajv)
  ajv.addSchema(description, 'x')
  const known = new Map<string, ValidateFunction>()
  const compiled = (key: string, schema: object) => known.get(key) ?? known.set(key, ajv.compile(schema)).get(key)!
  const complaintsOf = (validate: ValidateFunction, value: unknown) =>
    validate({ value })
      ? []
      : (validate.errors ?? []).map(
          error => `${error.instancePath.slice('/value'.length) || 'it'} ${error.message} ${JSON.stringify(error.params)}`,
        )
  const holding = (schema: object) => ({ type: 'object', properties: { value: schema } })
  return {
    judge: (pointer: string, value: unknown) =>
      complaintsOf(compiled(pointer, holding({ $ref: `x#${pointer.split('/').map(encodeURIComponent).join('/')}` })), value),
    judgeSchema: (schema: object, value: unknown) => {
      // Its references are written as seen from the whole description.
      const text = JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"x#/')
      return complaintsOf(compiled(text, holding(JSON.parse(text) as object)), value)
    },
  }
}

function callsOf(description: Description) {
  return (
    Object.keys(description.paths)
      // /2/users/me before /2/users/{id}.
      .sort((a, b) => a.split('{').length - b.split('{').length)
      .flatMap(template =>
        METHODS.filter(method => description.paths[template]![method]).map(method => ({
          method,
          template,
          operation: description.paths[template]![method]!,
          pointer: `/paths/${escaped(template)}/${method}`,
          pattern: new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`),
        })),
      )
  )
}

const METHODS = ['get', 'post', 'put', 'delete'] as const
const escaped = (part: string) => part.replaceAll('~', '~0').replaceAll('/', '~1')

function resolve<T extends object>(description: Description, part: T | { $ref: string }): T {
  if (!('$ref' in part)) return part
  return part.$ref
    .slice(2)
    .split('/')
    .reduce<unknown>((found, key) => (found as Record<string, unknown>)[key], description) as T
}
