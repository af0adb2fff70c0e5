import { availableParallelism } from 'node:os'
import { type Browser, openMailboxOf, type Stage, testKeys } from '../../services/exchange/_stage.ts'
import { fillMailbox, wordOfOne } from './fill-mailbox.ts'
import { processorName } from './process-figures.ts'

const alice = 'alice@contoso.com'
const windows = 5
const windowMs = 500
/** The list shows 25 rows of all but the smallest. */
const sizes = [10, 50, 1_000, 10_000, 100_000]

interface Contestant {
  readonly what: string
  readonly messages: number
  readonly person: Browser
  readonly url: string
  readonly rates: number[]
  readonly times: number[]
}

/** Pages of Outlook on the web, of mailboxes of several sizes, in turn. */
export async function owaReport(say: (text: string) => void): Promise<string> {
  await using cleanUp = new AsyncDisposableStack()
  const contestants: Contestant[] = []
  for (const messages of sizes) {
    say(`a mailbox of ${messages} messages`)
    const keys = await testKeys()
    const stage = cleanUp.use(await openMailboxOf(alice, await keys.key('Entra')))
    keys.remove()
    contestants.push(...(await contestantsOf(stage, messages)))
  }
  for (const contestant of contestants) await load(contestant, windowMs)
  for (const { rates, times } of contestants) {
    rates.length = 0
    times.length = 0
  }
  for (let window = 0; window < windows; window += 1) {
    say(`window ${window + 1} of ${windows}`)
    for (const contestant of contestants) await load(contestant, windowMs)
  }
  return reportOf(contestants)
}

async function contestantsOf(stage: Stage & { readonly person: Browser }, messages: number): Promise<Contestant[]> {
  const id = await deliver(stage)
  await fillMailbox(stage.store, id, messages)
  const contestant = (what: string, url: string) => ({
    ...{ what, messages, person: stage.person, url, rates: [], times: [] },
  })
  const [list, message] = [contestant('list page', '/owa/'), contestant('message page', `/owa/?ItemID=${id}`)]
  if (messages < 1_000) return [list, message]
  const { body } = await stage.person.get('/owa/')
  const [, last = ''] = /before=(\d+)\./.exec(body) ?? []
  // A minute lies between two of them.
  const pageBelow = (count: number) => `/owa/?path=/mail/inbox&before=${Number(last) - count * 60_000}.0`
  return [
    list,
    message,
    contestant('page in the middle', pageBelow(messages / 2)),
    contestant('last page', pageBelow(messages - 60)),
    contestant('search, a word of all', '/owa/?path=/mail/search&q=little'),
    contestant('search, a word of one', `/owa/?path=/mail/search&q=${wordOfOne(5)}`),
  ]
}

async function deliver({ management }: Stage): Promise<string> {
  const text = 'A line of a message that says little. '.repeat(20)
  const mime = `From: Sender 0 <s@x.example>\r\nTo: ${alice}\r\nSubject: Message 0\r\nMessage-ID: <0@x.example>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>${text}</p><p>${wordOfOne(0)}</p><p><b>Regards</b></p>\r\n`
  const payload = { mime: Buffer.from(mime).toString('base64') }
  const answer = await management.inject({ method: 'POST', url: `/mailboxes/${alice}/messages`, payload })
  if (answer.statusCode !== 200) throw new Error(`delivery answered ${answer.statusCode}`)
  return answer.json().id
}

/** One request after the other; counted by the time of the processor, which others use as well. */
async function load({ person, url, rates, times }: Contestant, milliseconds: number): Promise<void> {
  const begun = performance.now()
  const busy = process.cpuUsage()
  let answered = 0
  while (performance.now() - begun < milliseconds) {
    const asked = performance.now()
    const { statusCode } = await person.get(url)
    if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`)
    times.push(performance.now() - asked)
    answered += 1
  }
  const { user, system } = process.cpuUsage(busy)
  rates.push((answered * 1_000_000) / (user + system))
}

function reportOf(contestants: readonly Contestant[]): string {
  const at = (values: readonly number[], share: number) =>
    [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN
  const rows = contestants.map(({ what, messages, rates, times }) => {
    const ratioTo = (size: number) => {
      const other = contestants.find((each) => each.what === what && each.messages === size)
      return other ? (at(other.rates, 0.5) / at(rates, 0.5)).toFixed(2) : ''
    }
    return `| ${what} | ${messages} | ${at(rates, 0.5).toFixed(0)} | ${at(times, 0.5).toFixed(2)} | ${at(times, 0.99).toFixed(2)} | ${ratioTo(10)} | ${ratioTo(50)} | ${ratioTo(1_000)} |`
  })
  return [
    `${processorName()}, ${availableParallelism()} cores, Node ${process.versions.node}; one request at a time in one process, without sockets and TLS; requests by second of processor time, medians of ${windows} windows. The list shows 25 rows, 10 of the smallest mailbox.`,
    '',
    '| | messages | requests/s | median, ms | p99, ms | CPU to that with 10 | with 50 | with 1,000 |',
    '|---|---:|---:|---:|---:|---:|---:|---:|',
    ...rows.sort(),
    '',
  ].join('\n')
}
