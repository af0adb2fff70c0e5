// Keeps the parts of a page that have `data-live` up to date, adds buttons that copy, and filters while one types.
// Every page works without it.

const main = document.querySelector('main')
const latest = { received: performance.now() }

refreshEvery(Number(main.dataset.liveEvery))
tickClocks()
addCopyButtons()
for (const code of document.querySelectorAll('code[data-copy]')) copyOnClick(code)
showProgress()
keepPlace()
closeMenus()
for (const form of document.querySelectorAll('[data-needs-script]')) form.hidden = false
openTarget()
addEventListener('hashchange', openTarget)
for (const offer of document.querySelectorAll('[data-file-for]')) readFiles(offer)
for (const input of document.querySelectorAll('[data-filters]')) filterWhileTyping(input)

function refreshEvery(milliseconds) {
  if (!main.dataset.liveUrl || !milliseconds) return
  const again = () => setTimeout(refresh, milliseconds)
  async function refresh() {
    if (!document.hidden) await refreshOnce().catch(() => undefined)
    again()
  }
  again()
}

async function refreshOnce() {
  const response = await fetch(main.dataset.liveUrl, { headers: { accept: 'text/html' } })
  if (!response.ok) return
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html')
  latest.received = performance.now()
  for (const part of document.querySelectorAll('[data-live]')) {
    const newer = fresh.getElementById(part.id)
    if (newer) update(part, newer)
  }
}

/** Replaces what changed, child by child where the children have ids. */
function update(part, newer) {
  dress(part, newer)
  if (part.innerHTML === newer.innerHTML) return
  const children = [...newer.children]
  if (children.length > 0 && children.every((child) => child.id)) updateChildren(part, children)
  else replace(part, newer)
}

function updateChildren(part, children) {
  const present = new Map([...part.children].map((child) => [child.id, child]))
  const kept = children.map((child) => {
    const mine = present.get(child.id)
    if (mine) replace(mine, child)
    return mine ?? document.importNode(child, true)
  })
  for (const child of present.values()) if (!kept.includes(child)) child.remove()
  kept.forEach((child, index) => {
    // Moving an element would take the focus from it.
    if (part.children[index] !== child) part.insertBefore(child, part.children[index] ?? null)
  })
}

/** Leaves alone what somebody is typing into, and keeps open what was opened. */
function replace(mine, newer) {
  dress(mine, newer)
  const opened = [...mine.querySelectorAll('details[open]')].map((each) => each.id)
  for (const id of opened) newer.querySelector(`details[id="${CSS.escape(id)}"]`)?.setAttribute('open', '')
  if (mine.innerHTML === newer.innerHTML || mine.contains(document.activeElement)) return
  mine.replaceChildren(...document.importNode(newer, true).childNodes)
}

/** What an element itself says of its state, such as a tick; whether it is open or hidden is the reader's. */
function dress(mine, newer) {
  for (const { name, value } of newer.attributes)
    if ((name === 'class' || name.startsWith('data-')) && mine.getAttribute(name) !== value)
      mine.setAttribute(name, value)
  if (mine.hasAttribute('class') && !newer.hasAttribute('class')) mine.removeAttribute('class')
}

/** What takes longer than a blink says that it works. */
function showProgress() {
  document.addEventListener('submit', ({ target, submitter }) => {
    if (target.method !== 'post') return
    const button = submitter ?? target.querySelector('button')
    setTimeout(() => {
      button?.setAttribute('aria-busy', 'true')
      main.setAttribute('aria-busy', 'true')
    }, 150)
  })
  // A page that comes back from the history of the browser works no more.
  addEventListener('pageshow', () => {
    for (const busy of document.querySelectorAll('[aria-busy]')) busy.removeAttribute('aria-busy')
  })
}

/** Who follows a link to something folded wants to see it. */
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  const folded = target?.closest('details:not([open])')
  if (!folded) return
  folded.open = true
  target.scrollIntoView()
}

/** A file is read into the box that stands for it. */
function readFiles(offer) {
  const input = offer.querySelector('input')
  offer.hidden = false
  input.addEventListener('change', async () => {
    document.getElementById(offer.dataset.fileFor).value = await input.files[0].text()
  })
}

/** A menu closes when one goes on elsewhere. */
function closeMenus() {
  const close = (spared) => {
    for (const menu of document.querySelectorAll('.places[open]')) if (menu !== spared) menu.open = false
  }
  document.addEventListener('click', ({ target }) => close(target.closest('.places')))
  document.addEventListener('focusin', ({ target }) => close(target.closest('.places')))
  document.addEventListener('keydown', ({ key, target }) => {
    if (key !== 'Escape') return
    const menu = target.closest('.places[open]')
    close()
    menu?.querySelector('summary').focus()
  })
}

/** Clocks run between two refreshes too. */
function tickClocks() {
  setInterval(() => {
    for (const time of document.querySelectorAll('time[data-running]')) {
      const now = new Date(Date.parse(time.dateTime) + performance.now() - latest.received)
      time.textContent = now.toISOString().slice(0, 19).replace('T', ' ')
    }
  }, 1000)
}

function addCopyButtons() {
  for (const block of document.querySelectorAll('pre[data-copy]')) {
    const text = block.textContent
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'copy'
    button.textContent = 'Copy'
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(text)
      button.textContent = 'Copied'
      setTimeout(() => {
        button.textContent = 'Copy'
      }, 1500)
    })
    block.append(button)
  }
}

/** Short values in a row of others are copied by a click on themselves. */
function copyOnClick(code) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'copy-text'
  button.setAttribute('aria-label', `Copy ${code.textContent}`)
  const said = document.createElement('span')
  said.setAttribute('role', 'status')
  code.replaceWith(button, said)
  button.append(code)
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(code.textContent)
    said.textContent = ' Copied'
    setTimeout(() => {
      said.textContent = ''
    }, 1500)
  })
}

/** Who sent a form finds themselves at its button again, or at what is said of it. */
function keepPlace() {
  const key = `place of ${location.pathname}`
  document.addEventListener('submit', ({ target, submitter }) => {
    if (target.method !== 'post') return
    const { name = '', value = '' } = submitter ?? {}
    const from = { action: target.getAttribute('action'), name, value, top: scrollY }
    sessionStorage.setItem(key, JSON.stringify(from))
  })
  const notice = document.querySelector('main > .notice')
  const { action, name, value, top } = JSON.parse(sessionStorage.getItem(key) ?? '{}')
  sessionStorage.removeItem(key)
  if (!notice) return
  const forms = [...document.forms].filter((each) => each.getAttribute('action') === action)
  const buttons = forms.flatMap((form) => [...form.querySelectorAll('button')])
  const button = buttons.find((each) => each.name === name && each.value === value) ?? buttons[0]
  if (button) {
    scrollTo({ top, behavior: 'instant' })
    button.focus({ preventScroll: true })
  } else {
    notice.tabIndex = -1
    notice.focus()
  }
  // A live region speaks of what changes in it, not of what it came with.
  const text = [...notice.childNodes]
  notice.replaceChildren()
  setTimeout(() => notice.replaceChildren(...text), 50)
}

function filterWhileTyping(input) {
  const rows = [...document.querySelectorAll(`#${input.dataset.filters} :is(tbody tr, [data-filterable])`)]
  const folds = [...document.querySelectorAll(`#${input.dataset.filters} > details:not([data-filterable])`)]
  const count = document.querySelector(`output[for="${input.id}"]`)
  input.addEventListener('input', () => {
    const words = input.value.toLowerCase().split(/\s+/)
    for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word))
    for (const fold of folds) {
      fold.hidden = !fold.querySelector('[data-filterable]:not([hidden])')
      fold.open = input.value.trim() !== ''
    }
    const shown = rows.filter((row) => !row.hidden).length
    const what = input.dataset.what ?? 'accounts'
    if (count) count.textContent = shown === rows.length ? `${shown} ${what}` : `${shown} of ${rows.length} ${what}`
  })
}
