import { type Browser, openMailboxOf, type Stage, testKeys } from '../../services/exchange/_stage.ts'
import { fillMailbox, wordOfOne } from './fill-mailbox.ts'

const alice = 'alice@contoso.com'

/** What a process with one mailbox is asked for: a page, until it has cost so much processor time. */
export interface PageOrder {
  readonly what: string
  readonly cpuMs: number
}

/** By second of processor time of all threads of the process, garbage collection with them; and how long each took. */
export interface PageWindow {
  readonly rate: number
  readonly times: readonly number[]
}

/** Exchange Online with one mailbox of so many messages in a process of its own; says which pages it has, then answers orders. */
export async function serveOwaMailbox(messages: number): Promise<void> {
  const keys = await testKeys()
  const stage = await openMailboxOf(alice, await keys.key('Entra'))
  keys.remove()
  const pages = await pagesOf(stage, messages)
  process.on('message', async ({ what, cpuMs }: PageOrder) => {
    process.send?.(await load(stage.person, pages[what] ?? '', cpuMs))
  })
  process.on('disconnect', () => process.exit(0))
  process.send?.(Object.keys(pages))
}

async function pagesOf(
  stage: Stage & { readonly person: Browser },
  messages: number,
): Promise<Readonly<Record<string, string>>> {
  const id = await deliver(stage)
  await fillMailbox(stage.store, id, messages)
  const pages = { 'list page': '/owa/', 'message page': `/owa/?ItemID=${id}` }
  if (messages < 1_000) return pages
  const { body } = await stage.person.get('/owa/')
  const [, last = ''] = /before=(\d+)\./.exec(body) ?? []
  // A minute lies between two of them.
  const pageBelow = (count: number) => `/owa/?path=/mail/inbox&before=${Number(last) - count * 60_000}.0`
  return {
    ...pages,
    'page in the middle': pageBelow(messages / 2),
    'last page': pageBelow(messages - 60),
    'search, a word of all': '/owa/?path=/mail/search&q=little',
    'search, a word of one': `/owa/?path=/mail/search&q=${wordOfOne(5)}`,
  }
}

async function deliver({ management }: Stage): Promise<string> {
  const text = 'A line of a message that says little. '.repeat(20)
  const mime = `From: Sender 0 <s@x.example>\r\nTo: ${alice}\r\nSubject: Message 0\r\nMessage-ID: <0@x.example>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>${text}</p><p>${wordOfOne(0)}</p><p><b>Regards</b></p>\r\n`
  const payload = { mime: Buffer.from(mime).toString('base64') }
  const answer = await management.inject({ method: 'POST', url: `/mailboxes/${alice}/messages`, payload })
  if (answer.statusCode !== 200) throw new Error(`delivery answered ${answer.statusCode}`)
  return answer.json().id
}

/** One request after the other. The time of the processor, and not of the clock, ends a window: others use it as well. */
async function load(person: Browser, url: string, cpuMs: number): Promise<PageWindow> {
  const busy = process.cpuUsage()
  const times: number[] = []
  const spent = () => {
    const { user, system } = process.cpuUsage(busy)
    return (user + system) / 1000
  }
  while (spent() < cpuMs) {
    const asked = performance.now()
    const { statusCode } = await person.get(url)
    if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`)
    times.push(performance.now() - asked)
  }
  return { rate: (times.length * 1000) / spent(), times }
}
