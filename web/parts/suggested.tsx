// The suggested answer: one line above the templates, with its reason; pressing it puts its words into the draft, never sends.
import type { Suggestion } from '../../responders/suggestion.ts'
import type { ComposerTemplate } from './composer.tsx'

export function Suggested({
  suggestion,
  templates,
  path,
  query,
}: {
  suggestion: Suggestion | null
  templates: ComposerTemplate[]
  path: string
  query: string
}) {
  const template = templates.find(one => one.id === suggestion?.templateId)
  if (!suggestion || !template) return null
  return (
    <p class="suggested" data-for="always">
      <span class="muted">Suggested:</span>{' '}
      <button
        type="submit"
        class="link"
        name="template"
        value={template.id}
        formaction={`${path}/draft${query}`}
        formnovalidate
        data-text={template.text}
        data-kind={template.kind}
        title={template.text}
      >
        {suggestion.name}
      </button>{' '}
      <span class="muted">because {suggestion.because}.</span>
    </p>
  )
}
