// Draws the conversation of the page with Mermaid (from our own origin), gives the arrows the colours of their verdicts
// and makes them open their facts. The page works without it.

const place = document.querySelector('#diagram')
const state = document.querySelector('#diagram-state')
const source = document.querySelector('#mermaid')
const save = document.querySelector('#save-svg')
const dark = matchMedia('(prefers-color-scheme: dark)')
const narrow = matchMedia('(max-width: 46rem)')
let drawn = 0

state.textContent = 'Drawing…'
start().catch(fail)

async function start() {
  await load('/mermaid.js')
  await draw()
  new MutationObserver(() => draw().catch(fail)).observe(source, {
    childList: true,
    subtree: true,
    characterData: true,
  })
  dark.addEventListener('change', () => draw().catch(fail))
  narrow.addEventListener('change', () => draw().catch(fail))
  save.addEventListener('click', saveSvg)
  save.hidden = false
}

function fail(error) {
  state.textContent = `The picture cannot be drawn (${error.message ?? error}); the list below tells the same.`
}

function load(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script')
    script.src = url
    script.addEventListener('load', resolve)
    script.addEventListener('error', () => reject(new Error(`${url} does not load`)))
    document.head.append(script)
  })
}

async function draw() {
  const text = document.querySelector('#mermaid-source').textContent
  drawn += 1
  globalThis.mermaid.initialize({
    startOnLoad: false,
    securityLevel: 'strict',
    theme: 'base',
    themeVariables: colours(),
    sequence: {
      ...{ useMaxWidth: false, mirrorActors: false, messageAlign: 'left', wrap: false, noteMargin: 6 },
      ...(narrow.matches && { width: 96, height: 44, actorMargin: 16, diagramMarginX: 8, messageMargin: 28 }),
    },
  })
  const { svg } = await globalThis.mermaid.render(`sequence-${drawn}`, text)
  place.innerHTML = svg
  place.hidden = false
  state.textContent = ''
  place.setAttribute('role', 'region')
  place.setAttribute('aria-label', 'Sequence diagram; each arrow is a button that opens its facts in the list below')
  place.tabIndex = 0
  const picture = place.querySelector('svg')
  picture.removeAttribute('aria-roledescription')
  picture.setAttribute('role', 'group')
  reachTheEnd(picture)
  keepHeads(picture)
  connectArrows()
}

/** Mermaid draws life lines to 2000, however far the arrows go. */
function reachTheEnd(picture) {
  const { y, height } = picture.viewBox.baseVal
  for (const line of picture.querySelectorAll('.actor-line')) line.setAttribute('y2', String(y + height))
}

/** Who is who stays in sight while one scrolls down a long conversation. */
function keepHeads(picture) {
  const boxes = [...picture.querySelectorAll('rect.actor-top')]
  if (boxes.length === 0) return
  const { x, y, width } = picture.viewBox.baseVal
  const bottom = Math.max(...boxes.map((box) => box.y.baseVal.value + box.height.baseVal.value)) + 4
  const heads = document.createElementNS(picture.namespaceURI, 'svg')
  heads.setAttribute('viewBox', `${x} ${y} ${width} ${bottom - y}`)
  heads.setAttribute('width', width)
  heads.setAttribute('height', bottom - y)
  heads.id = picture.id
  for (const box of boxes)
    heads.append(
      ...[...box.parentNode.querySelectorAll('rect.actor-top, text.actor')].map((each) => each.cloneNode(true)),
    )
  const strip = document.createElement('div')
  strip.className = 'diagram-heads'
  strip.setAttribute('aria-hidden', 'true')
  strip.append(heads)
  place.prepend(strip)
}

function colours() {
  const style = getComputedStyle(document.body)
  const ink = style.color
  const ground = getComputedStyle(document.documentElement).backgroundColor
  const sheet = dark.matches ? '#1c1f23' : '#fffefb'
  const line = dark.matches ? '#7d858c' : '#8a8f90'
  return {
    darkMode: dark.matches,
    fontFamily: style.fontFamily,
    fontSize: '14px',
    background: ground,
    primaryColor: sheet,
    actorBkg: sheet,
    actorBorder: line,
    actorTextColor: ink,
    actorLineColor: line,
    signalColor: ink,
    signalTextColor: ink,
    noteBkgColor: dark.matches ? '#3a2422' : '#fbeae7',
    noteBorderColor: dark.matches ? '#e8958c' : '#a3241b',
    noteTextColor: ink,
    sequenceNumberColor: dark.matches ? '#0c2224' : '#ffffff',
  }
}

/** Mermaid draws arrows in the order of the text: the n-th line and the n-th label are those of hop n. */
function connectArrows() {
  const lines = [...place.querySelectorAll('.messageLine0, .messageLine1')]
  const hops = [...document.querySelectorAll('.hop-list > li')]
  const labels = labelsByArrow([...place.querySelectorAll('.messageText')], lines.length)
  lines.forEach((line, index) => {
    const hop = hops[index]
    if (!hop) return
    const verdict = hop.dataset.verdict
    line.classList.add(`arrow-${verdict}`)
    line.style.stroke = getComputedStyle(hop).getPropertyValue('--verdict')
    if (labels[index].length === 0) return
    makeButton(labels[index], hop, index)
    for (const label of labels[index].slice(1)) followButton(label, hop)
  })
}

/** A label of two lines is two elements; those of one arrow follow each other, the first begins with the method. */
function labelsByArrow(texts, count) {
  const groups = []
  for (const text of texts) {
    if (/^[A-Z]+ /.test(text.textContent) || groups.length === 0) groups.push([text])
    else groups.at(-1).push(text)
  }
  return groups.length === count ? groups : Array.from({ length: count }, () => [])
}

/** One stop of the keyboard for each arrow, however many lines its label has. */
function makeButton([label, ...more], hop, index) {
  const words = [label, ...more].map(({ textContent }) => textContent).join(', ')
  label.setAttribute('role', 'button')
  label.setAttribute('tabindex', '0')
  label.setAttribute('aria-label', `Hop ${index + 1}: ${words}`)
  openOnClick(label, hop)
  label.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    open(hop)
  })
}

function followButton(label, hop) {
  label.setAttribute('aria-hidden', 'true')
  openOnClick(label, hop)
}

function openOnClick(label, hop) {
  label.classList.add('arrow-label')
  label.style.cursor = 'pointer'
  label.addEventListener('click', () => open(hop))
}

function open(hop) {
  const details = hop.querySelector('details')
  details.open = true
  details.querySelector('summary').focus()
  hop.scrollIntoView({ block: 'start' })
}

/** As every reader of SVG can draw it: colours as they are seen, on their ground, no shadows. */
function saveSvg() {
  const seen = place.querySelector(':scope > svg')
  const picture = seen.cloneNode(true)
  const lines = [...seen.querySelectorAll('[class*="messageLine"]')]
  for (const [index, line] of [...picture.querySelectorAll('[class*="messageLine"]')].entries())
    line.style.stroke = getComputedStyle(lines[index]).stroke
  for (const shaded of picture.querySelectorAll('[filter]')) shaded.removeAttribute('filter')
  picture.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  const { x, y, width, height } = seen.viewBox.baseVal
  const ground = document.createElementNS(seen.namespaceURI, 'rect')
  for (const [name, value] of Object.entries({ x, y, width, height, fill: getComputedStyle(place).backgroundColor }))
    ground.setAttribute(name, value)
  picture.querySelector('title').after(ground)
  for (const label of picture.querySelectorAll('.arrow-label')) label.removeAttribute('tabindex')
  const blob = new Blob([new XMLSerializer().serializeToString(picture)], { type: 'image/svg+xml' })
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = 'conversation.svg'
  link.click()
  URL.revokeObjectURL(link.href)
}
