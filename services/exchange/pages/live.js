// Shows new mail without a reload: asks what changed, and puts the fresh parts of the same page in place of the old.
const live = document.querySelector('[data-live]')

async function ask(url) {
  return fetch(url, { headers: { 'x-requested-with': 'XMLHttpRequest' } })
}

async function refresh() {
  const response = await ask(live.dataset.source)
  if (!response.ok) return
  const page = new DOMParser().parseFromString(await response.text(), 'text/html')
  document.title = live.dataset.title === 'kept' ? document.title : page.title
  for (const part of document.querySelectorAll('[data-live-part]')) {
    const fresh = page.querySelector(`[data-live-part="${part.dataset.livePart}"]`)
    if (fresh) replace(part, fresh)
  }
}

// What has the focus keeps it, and what was folded away stays so.
function replace(part, fresh) {
  for (const folded of part.querySelectorAll('details:not([open])'))
    fresh.querySelector(`details[data-folds="${CSS.escape(folded.dataset.folds ?? '')}"]`)?.removeAttribute('open')
  if (fresh.innerHTML === part.innerHTML) return
  const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null
  part.replaceChildren(...fresh.childNodes)
  if (focused !== null) part.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus()
}

async function next(number, unread) {
  const response = await ask(`${live.dataset.live}&number=${number}`)
  if (response.status === 440) return undefined
  if (!response.ok) throw new Error(`answered ${response.status}`)
  const news = await response.json()
  if (news.number !== number) await refresh()
  if (news.unread > unread) live.textContent = 'New mail has arrived.'
  return news
}

async function watch() {
  let news = { number: Number(live.dataset.number), unread: Number(live.dataset.unread) }
  let failures = 0
  while (news !== undefined) {
    try {
      news = await next(news.number, news.unread)
      failures = 0
    } catch {
      failures += 1
      await new Promise((resolve) => setTimeout(resolve, Math.min(60, 2 ** failures) * 1000))
    }
  }
  live.textContent = 'Your session has ended. Reload the page to sign in again.'
  live.classList.remove('hidden')
}

if (live) watch()
