// Keeps a draft while somebody writes, and goes on with that draft: there never are two of one message.
const form = document.querySelector('form.compose')
const status = form?.querySelector('[data-saved]')
const pauseMs = 5000
let timer
let saving

// Files are sent with the message only, and what is to be removed is removed then.
function written() {
  const fields = new FormData(form)
  for (const name of ['attachments', 'remove', 'action']) fields.delete(name)
  return fields
}

const textOf = (fields) => JSON.stringify([...fields].filter(([name]) => name !== 'mode' && name !== 'ItemID'))
let kept = form ? textOf(written()) : ''

async function send(fields) {
  fields.set('action', 'autosave')
  const headers = { accept: 'application/json', 'x-requested-with': 'XMLHttpRequest' }
  const response = await fetch(form.getAttribute('action'), { method: 'POST', body: fields, headers })
  if (response.status === 440) throw new Error('Your session has ended: this is not saved.')
  if (!response.ok) throw new Error('The draft could not be saved.')
  return response.json()
}

async function save() {
  const fields = written()
  const text = textOf(fields)
  if (text === kept) return
  try {
    const draft = await send(fields)
    kept = text
    form.elements.mode.value = 'draft'
    form.elements.ItemID.value = draft.ItemID
    history.replaceState(null, '', draft.url)
    status.textContent = `Draft saved at ${new Date().toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}`
  } catch (error) {
    status.textContent = error.message
  }
}

function saveLater() {
  clearTimeout(timer)
  timer = setTimeout(() => {
    saving = save().finally(() => {
      saving = undefined
      if (textOf(written()) !== kept) saveLater()
    })
  }, pauseMs)
}

form?.addEventListener('input', (event) => {
  if (event.target.type !== 'file' && !saving) saveLater()
})

// A draft that is being made has to have its id before the message is sent.
form?.addEventListener('submit', async (event) => {
  clearTimeout(timer)
  if (!saving) return
  event.preventDefault()
  const { submitter } = event
  await saving
  clearTimeout(timer)
  form.requestSubmit(submitter)
})
