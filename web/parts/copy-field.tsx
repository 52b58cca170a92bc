// An address to paste elsewhere: selectable, with a button that copies it.
export function CopyField({ label, value }: { label: string; value: string }) {
  return (
    <div class="copy-field">
      <input readonly value={value} aria-label={label} />
      <button type="button" class="small only-js" data-copy={value}>
        Copy<span class="visually-hidden"> {label}</span>
      </button>
    </div>
  )
}
