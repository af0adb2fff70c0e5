import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { request } from 'undici'
import { expect, test } from 'vitest'
import { type Device, dataOf, sendMail } from '#services/exchange/activesync/_device.ts'
import { readyGateways, type StartedProcess, startProcess } from './actors/started-process.ts'
import {
  handOver,
  movedTo,
  owa,
  type Person,
  people,
  phoneOf,
  type ReachableArray,
  throughGateway,
  visitor,
} from './postgres/array-load.ts'
import { sendByWebServices, sendFromOutlookOnTheWeb } from './postgres/ways-to-send.ts'

const { bob, dave, juergen } = people
const newcomer = { userPrincipalName: 'niaj@contoso.com', displayName: 'Niaj Nkosi', password: 'Niaj-Pass17' }

/** The whole stack in another process, with its state in that folder. */
async function startIn(data: string, cleanUp: AsyncDisposableStack) {
  const process = cleanUp.use(startProcess(['--data', data]))
  const gateways = await readyGateways(process)
  const ca = await (await fetch(`${gateways.corp}/ca.pem`)).text()
  const [, host = '', port] = await process.printed(/exchange-onprem +smtp:\/\/([\d.]+):(\d+)/)
  const array: ReachableArray = {
    ca,
    proxy: (zone) => gateways[zone],
    deliver: (_server, letter) => handOver({ host, port: Number(port), ca }, letter),
    cleanUp,
  }
  return { process, array, lab: gateways.internet }
}

type Send = (subject: string) => Promise<boolean>

async function waysOf(array: ReachableArray): Promise<Readonly<Record<string, Send>>> {
  const dispatcher = () => throughGateway(array, 'corp')
  const [who, sender] = [await visitor(array, bob), await phoneOf(juergen, { id: 'SENDER', dispatcher: dispatcher() })]
  const [page, program, to] = [dispatcher(), dispatcher(), dave.upn]
  return {
    SMTP: async (subject) => {
      await array.deliver(0, { to, subject, messageId: `<${subject.replace(' ', '-')}@test.example>` })
      return true
    },
    ActiveSync: async (subject) => {
      const { status, raw } = await sendMail(sender, subject, `To: ${to}\nSubject: ${subject}\n\nHello`)
      return status === 200 && raw.length === 0
    },
    'Exchange Web Services': (subject) => sendByWebServices(bob, program, { to, subject }),
    'Outlook on the web': (subject) => sendFromOutlookOnTheWeb(who, page, { to, subject }),
  }
}

/** Each way sends until the process is gone; `counted` hears of what was acknowledged. */
async function sendUntilGone(way: string, send: Send, counted: (subject: string) => void): Promise<void> {
  for (let number = 0; ; number += 1) {
    const subject = `${way} ${number}`
    const answer = await send(subject).catch(() => 'gone' as const)
    if (answer !== true) return
    counted(subject)
  }
}

/** Kills the process in the middle of it; gives what was acknowledged until then. */
async function killedUnderLoad(process: StartedProcess, ways: Readonly<Record<string, Send>>) {
  const acknowledged = new Map(Object.keys(ways).map((way) => [way, [] as string[]]))
  const busy = Promise.withResolvers<void>()
  const sending = Object.entries(ways).map(([way, send]) =>
    sendUntilGone(way, send, (subject) => {
      acknowledged.get(way)?.push(subject)
      if ([...acknowledged.values()].every(({ length }) => length >= 3)) busy.resolve()
    }),
  )
  await busy.promise
  expect((await process.end('SIGKILL')).signal).toBe('SIGKILL')
  await Promise.all(sending)
  return [...acknowledged.values()].flat()
}

async function subjectsOn(phone: Device): Promise<readonly string[]> {
  const heard: string[] = []
  for (let more = true; more; ) {
    const page = await phone.sync(phone.folder('2'))
    heard.push(...page.added.map((item) => dataOf(item, 'Email:Subject') ?? ''))
    more = page.more
  }
  return heard
}

/** Whom `phone` belongs to, once more over another way, with what it knew. */
function sameDevice(phone: Device, person: Person, array: ReachableArray): Device {
  const again = movedTo(phone, person, { id: 'READER', dispatcher: throughGateway(array, 'internet') })
  for (const [folder, key] of phone.keys) again.keys.set(folder, key)
  again.folders = phone.folders
  return again
}

test('--data: a process that is killed under load loses nothing that it acknowledged, and doubles nothing', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const data = await mkdtemp(join(tmpdir(), 'fauxchange-killed-'))
  cleanUp.defer(() => rm(data, { recursive: true, force: true }))
  const before = await startIn(data, cleanUp)
  const phone = await phoneOf(dave, { id: 'READER', dispatcher: throughGateway(before.array, 'internet') })
  const reader = await visitor(before.array, dave)
  const users = (lab: string) => fetch(`${lab}/api/directory/users`)
  const headers = { 'content-type': 'application/json' }
  const post = { method: 'POST', headers, body: JSON.stringify(newcomer) }
  expect((await fetch(`${before.lab}/api/directory/users`, post)).status).toBeLessThan(300)
  const acknowledged = await killedUnderLoad(before.process, await waysOf(before.array))

  const after = await startIn(data, cleanUp)
  expect(await (await users(after.lab)).text()).toContain(newcomer.userPrincipalName)
  const subjects = await subjectsOn(sameDevice(phone, dave, after.array))
  expect(new Set(subjects).size).toBe(subjects.length)
  expect(subjects).toEqual(expect.arrayContaining(acknowledged))
  const cookie = reader.cookieHeader(owa)
  const page = await request(owa, { dispatcher: throughGateway(after.array, 'corp'), headers: { cookie } })
  const text = await page.body.text()
  expect(page.statusCode, text).toBe(200)
  expect(acknowledged.some((subject) => text.includes(subject))).toBe(true)
  expect(after.process.stderr).toBe('')
})
