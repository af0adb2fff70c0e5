// Makes the pages of the federation service pleasant; every one of them works without it.

const texts = {
  userName: 'Enter your user ID in the format "domain\\user" or "user@domain".',
  password: 'Enter your password.',
}
const pollMilliseconds = 2000

globalThis.Login = { submitLoginRequest }
globalThis.SelectOption = selectOption

document.documentElement.classList.add('scripted')
prepareSignIn()
prepareWaiting()
prepareSignOut()

function element(id) {
  return document.getElementById(id)
}

function prepareSignIn() {
  const userName = element('userNameInput')
  const submit = element('submitButton')
  if (!userName || !submit) return
  submit.addEventListener('click', submitLoginRequest)
  submit.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    submitLoginRequest()
  })
  element('loginForm').addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.target === submit) return
    event.preventDefault()
    submitLoginRequest()
  })
  ;(userName.value ? element('passwordInput') : userName).focus()
}

function submitLoginRequest() {
  const userName = element('userNameInput')
  const password = element('passwordInput')
  if (!/^[^@\\]+[@\\][^@\\]+$/.test(userName.value.trim())) return complain(texts.userName, userName)
  if (password.value === '') return complain(texts.password, password)
  element('loginForm').submit()
  return false
}

function complain(text, field) {
  element('error').hidden = false
  element('errorText').textContent = text
  field.focus()
  return false
}

function selectOption(method) {
  element('optionSelection').value = method
  element('options').submit()
}

/** A page that waits for the phone asks again until the service gives another answer. */
function prepareWaiting() {
  const form = element('loginForm')
  element('verificationCodeInput')?.focus()
  if (form?.dataset.state !== 'waiting') return
  setTimeout(() => askAgain(form), pollMilliseconds)
}

async function askAgain(form) {
  if (!form.isConnected) return
  const body = new URLSearchParams(new FormData(form))
  const answer = await fetch(form.action, { method: 'POST', body, redirect: 'manual' }).catch(() => undefined)
  if (!form.isConnected) return
  if (answer === undefined) return setTimeout(() => askAgain(form), pollMilliseconds)
  // The answer was accepted: its redirect leads to this very address, now with a session that says so.
  if (answer.type === 'opaqueredirect') return location.replace(form.action)
  show(new DOMParser().parseFromString(await answer.text(), 'text/html'))
}

function show(page) {
  const area = page.getElementById('authArea')
  if (!area) return location.replace(location.href)
  const waiting = area.querySelector('#loginForm')?.dataset.state === 'waiting'
  // What has not changed is left alone, so that nobody loses the focus.
  if (waiting) element('context').value = area.querySelector('#context').value
  else element('authArea').replaceWith(document.adoptNode(area))
  prepareWaiting()
  if (!waiting) element('tryAgainButton')?.focus()
}

/** Goes on once every relying party has been told. */
function prepareSignOut() {
  const link = element('continueLink')
  const form = element('continueForm')
  if (link) addEventListener('load', () => location.replace(link.href))
  if (form) addEventListener('load', () => form.submit())
}
