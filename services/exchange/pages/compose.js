// Keeps a draft while somebody writes, and goes on with that draft: there never are two of one message.
const form = document.querySelector('form.compose')
const status = form?.querySelector('[data-saved]')
const pauseMs = 5000
let timer
let saving

const template = form?.querySelector('template[data-editor]')

// What is written here is cleaned by the server, as any mail is.
function openEditor() {
  const plain = form.querySelector('[data-plain]')
  const place = document.createElement('div')
  place.append(template.content.cloneNode(true))
  template.replaceWith(place)
  plain.hidden = true
  const editor = place.querySelector('[data-html]')
  const keep = () => {
    form.elements.html.value = editor.innerHTML
  }
  keep()
  document.execCommand('styleWithCSS', false, false)
  editor.addEventListener('input', keep)
  // The selection stays where it is.
  place.querySelector('[role="toolbar"]').addEventListener('mousedown', (event) => event.preventDefault())
  place.addEventListener('click', ({ target }) => {
    const command = target.dataset.format
    if (command !== undefined) format(editor, command)
    if (target.dataset.toPlain === undefined) return
    form.elements.body.value = shownText(editor)
    form.elements.html.value = ''
    plain.hidden = false
    place.remove()
    form.elements.body.focus()
    saveLater()
  })
}

function shownText(editor) {
  const selection = getSelection()
  selection.selectAllChildren(editor)
  return selection.toString()
}

function format(editor, command) {
  editor.focus()
  if (command !== 'createLink') return document.execCommand(command)
  const address = prompt('Address of the link', 'https://')
  return /^(https?:\/\/.|mailto:.)/i.test(address ?? '') && document.execCommand(command, false, address)
}

// Files are sent with the message only, and what is to be removed is removed then.
function written() {
  const fields = new FormData(form)
  for (const name of ['attachments', 'remove', 'action']) fields.delete(name)
  return fields
}

const textOf = (fields) =>
  JSON.stringify(
    [...fields].filter(
      ([name]) => !['mode', 'ItemID', 'body'].includes(name) || (name === 'body' && !form.elements.html.value),
    ),
  )
if (template) openEditor()
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
