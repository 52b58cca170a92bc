// The form for what a platform gave an operator, drawn from its connector: what is stored is never shown again.
import type { SecretField, Secrets } from '../../connectors/connector.ts'

interface SecretFieldsProps {
  fields: readonly SecretField[]
  /** Names of fields that already hold something: left empty, they keep it. */
  kept?: ReadonlySet<string>
  /** Field name → what is wrong with it. */
  problems?: Readonly<Record<string, string>>
}

export function SecretFields({ fields, kept = new Set(), problems = {} }: SecretFieldsProps) {
  return fields.map(field => (
    <label>
      <span>
        {field.label}
        {field.required ? null : <span class="hint"> · optional</span>}
      </span>
      <input
        type="password"
        name={`secret.${field.name}`}
        autocomplete="off"
        spellcheck={false}
        required={field.required && !kept.has(field.name)}
        placeholder={kept.has(field.name) ? 'Stored. Leave empty to keep it' : undefined}
        aria-invalid={problems[field.name] ? 'true' : undefined}
        aria-describedby={`hint-${field.name}`}
      />
      {problems[field.name] ? <span class="field-problem">{problems[field.name]}</span> : null}
      <span class="hint" id={`hint-${field.name}`}>
        {field.hint}
      </span>
    </label>
  ))
}

/** What was pasted, without the blanks that come along; `missing` names each required field left empty. */
export function readSecretFields(form: Readonly<Record<string, unknown>>, fields: readonly SecretField[], kept: Secrets = {}) {
  const secrets: Record<string, string> = {}
  const missing: Record<string, string> = {}
  for (const field of fields) {
    const pasted = form[`secret.${field.name}`]
    const value = typeof pasted === 'string' && pasted.trim() ? pasted.trim() : kept[field.name]
    if (value) secrets[field.name] = value
    else if (field.required) missing[field.name] = `${field.label} is needed.`
  }
  return { secrets, missing }
}
