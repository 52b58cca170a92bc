// Copy buttons: put an address on the clipboard and say so.
for (const button of document.querySelectorAll('[data-copy]')) {
  const words = button.innerHTML
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy)
      button.textContent = 'Copied'
    } catch {
      // Without HTTPS browsers give no clipboard: the text is selected for Ctrl+C instead.
      button.previousElementSibling.select()
      button.textContent = 'Press Ctrl+C'
    }
    setTimeout(() => {
      button.innerHTML = words
    }, 2000)
  })
}
