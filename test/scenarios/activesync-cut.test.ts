import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { added, Device, dataOf, idOf } from '#services/exchange/activesync/_device.ts'
import { type Stack, startStack } from '#services/stack.ts'
import { all, child, textOf } from '#shared/wbxml/elements.ts'
import { CutConnection, CutLine } from '../actors/cut-line.ts'
import { bob } from '../actors/people.ts'

const dave = { upn: 'dave@contoso.com', password: 'Dave-Pass4' }

const open = new AsyncDisposableStack()
let stack: Stack
let count = 0

beforeAll(async () => {
  stack = open.use(await startStack())
})
afterAll(() => open.disposeAsync())

/** A phone on a line that can be cut, and one of the other person on a sound one. */
async function phones() {
  count += 1
  const line = new CutLine(stack, 'corp')
  const phone = new Device({ app: line as never }, bob.upn, `CUT${count}`)
  phone.password = bob.password
  const other = new Device({ app: new CutLine(stack, 'corp') as never }, dave.upn, `OTHER${count}`)
  other.password = dave.password
  for (const each of [phone, other]) {
    await each.connect()
    await each.syncAll(each.folder('2'))
  }
  return { line, phone, other }
}

async function deliver(subject: string, attachment?: Buffer): Promise<void> {
  const tls = { ca: stack.authority.caPem, servername: 'mail.contoso.com' }
  const transport = createTransport({ ...stack.smtp('exchange-onprem'), requireTLS: true, tls })
  const attachments = attachment ? [{ filename: 'large.bin', content: attachment }] : []
  try {
    await transport.sendMail({ from: 'someone@elsewhere.example', to: bob.upn, subject, text: 'Hello', attachments })
  } finally {
    transport.close()
  }
}

/** Sent until an answer comes whole: at first it is cut there. */
async function insist<Answer>(line: CutLine, cutAfter: number, send: () => Promise<Answer>): Promise<Answer> {
  line.cutAfter = cutAfter
  try {
    await send()
    throw new Error(`nothing was cut after ${cutAfter} bytes`)
  } catch (error) {
    if (!(error instanceof CutConnection)) throw error
  }
  return send()
}

async function crashes(): Promise<readonly unknown[]> {
  return (await stack.journal()).filter(({ decisions }) => decisions.includes('crash'))
}

// As soon as the request has left, in the status line, in the headers, and in the document.
const places = [0, 1, 120, 520]

test.each(places)(
  'Sync with a new contact, cut after %i bytes: nothing is lost and nothing is double',
  async (cutAfter) => {
    const { line, phone } = await phones()
    const contacts = phone.folder('9')
    await phone.syncAll(contacts)
    const name = `Ann ${cutAfter} ${count}`
    const key = phone.keys.get(contacts)
    const body = phone.syncBody(contacts, added('1', `<Contacts:FirstName>${name}</Contacts:FirstName>`), key)
    const { root } = await insist(line, Math.min(cutAfter, 300), () => phone.send('Sync', body))
    const collection = child(child(root, 'AirSync:Collections'), 'AirSync:Collection')
    const response = child(child(collection, 'AirSync:Responses'), 'AirSync:Add')
    expect(textOf(response, 'AirSync:Status')).toBe('1')
    const kept = (await phone.syncAll(contacts)).filter((each) => dataOf(each, 'Contacts:FirstName') === name)
    expect(kept.map(idOf)).toEqual([textOf(response, 'AirSync:ServerId')])
  },
)

test.each(places)('Sync that brings mail, cut after %i bytes: the page comes again whole', async (cutAfter) => {
  const { line, phone } = await phones()
  const inbox = phone.folder('2')
  const subjects = [0, 1, 2].map((number) => `Page ${cutAfter} ${count} ${number}`)
  for (const subject of subjects) await deliver(subject)
  const heard = await insist(line, cutAfter, () => phone.sync(inbox))
  expect(heard.added.map((each) => dataOf(each, 'Email:Subject')).toSorted()).toEqual(subjects)
  expect((await phone.sync(inbox)).added).toEqual([])
})

test.each(places.slice(0, 3))('SendMail cut after %i bytes: it arrives once', async (cutAfter) => {
  const { line, phone, other } = await phones()
  const subject = `Sent ${cutAfter} ${count}`
  const body = `<ComposeMail:SendMail><ComposeMail:ClientId>client-${cutAfter}-${count}</ComposeMail:ClientId><ComposeMail:SaveInSentItems/><ComposeMail:Mime opaque="1">To: ${dave.upn}\nSubject: ${subject}\n\nHello</ComposeMail:Mime></ComposeMail:SendMail>`
  const { status, raw } = await insist(line, cutAfter, () => phone.send('SendMail', body))
  expect([status, raw.length]).toEqual([200, 0])
  expect((await other.sync(other.folder('2'))).added.map((each) => dataOf(each, 'Email:Subject'))).toEqual([subject])
  const sent = await phone.syncAll(phone.folder('5'))
  expect(sent.filter((each) => dataOf(each, 'Email:Subject') === subject)).toHaveLength(1)
})

test.each(places.slice(0, 3))(
  'SmartReply cut after %i bytes: it arrives once, with what it answers',
  async (cutAfter) => {
    const { line, phone, other } = await phones()
    const inbox = phone.folder('2')
    const subject = `Answer ${cutAfter} ${count}`
    await deliver(subject)
    const [original] = (await phone.sync(inbox)).added
    const body = `<ComposeMail:SmartReply><ComposeMail:ClientId>reply-${cutAfter}-${count}</ComposeMail:ClientId><ComposeMail:SaveInSentItems/><ComposeMail:Source><ComposeMail:FolderId>${inbox}</ComposeMail:FolderId><ComposeMail:ItemId>${idOf(original)}</ComposeMail:ItemId></ComposeMail:Source><ComposeMail:Mime opaque="1">To: ${dave.upn}\nSubject: Re: ${subject}\n\nYes</ComposeMail:Mime></ComposeMail:SmartReply>`
    const { status, raw } = await insist(line, cutAfter, () => phone.send('SmartReply', body))
    expect([status, raw.length]).toEqual([200, 0])
    const heard = (await other.sync(other.folder('2'))).added
    expect(heard.map((each) => dataOf(each, 'Email:Subject'))).toEqual([`Re: ${subject}`])
  },
)

test.each(places.slice(0, 3))(
  'MoveItems cut after %i bytes: the same answer, and one message at the other place',
  async (cutAfter) => {
    const { line, phone } = await phones()
    const [inbox, bin] = [phone.folder('2'), phone.folder('4')]
    const subject = `Moved ${cutAfter} ${count}`
    await deliver(subject)
    const [message] = (await phone.sync(inbox)).added
    const body = `<Move:MoveItems><Move:Move><Move:SrcMsgId>${idOf(message)}</Move:SrcMsgId><Move:SrcFldId>${inbox}</Move:SrcFldId><Move:DstFldId>${bin}</Move:DstFldId></Move:Move></Move:MoveItems>`
    const { root } = await insist(line, cutAfter, () => phone.send('MoveItems', body))
    const response = child(root, 'Move:Response')
    expect(textOf(response, 'Move:Status')).toBe('3')
    const there = (await phone.syncAll(bin)).filter((each) => dataOf(each, 'Email:Subject') === subject)
    expect(there.map(idOf)).toEqual([textOf(response, 'Move:DstMsgId')])
    expect((await phone.syncAll(inbox)).filter((each) => dataOf(each, 'Email:Subject') === subject)).toEqual([])
  },
)

test.each([0, 1, 70_000, 1_000_000])(
  'ItemOperations in parts, cut after %i bytes of two megabytes: the same bytes again',
  async (cutAfter) => {
    const { line, phone } = await phones()
    const content = Buffer.alloc(2_000_000, `${count} large `)
    await deliver(`Large ${count}`, content)
    const [message] = (await phone.sync(phone.folder('2'))).added
    const files = child(child(message, 'AirSync:ApplicationData'), 'AirSyncBase:Attachments')
    const [file] = all(files, 'AirSyncBase:Attachment')
    const body = `<ItemOperations:ItemOperations><ItemOperations:Fetch><ItemOperations:Store>Mailbox</ItemOperations:Store><AirSyncBase:FileReference>${textOf(file, 'AirSyncBase:FileReference')}</AirSyncBase:FileReference></ItemOperations:Fetch></ItemOperations:ItemOperations>`
    const fetch = () => phone.send('ItemOperations', body, { 'ms-asacceptmultipart': 'T' })
    const { raw, headers } = await insist(line, cutAfter, fetch)
    expect(headers['content-type']).toBe('application/vnd.ms-sync.multipart')
    const [begin, length] = [raw.readUInt32LE(12), raw.readUInt32LE(16)]
    expect(raw.subarray(begin, begin + length).equals(content)).toBe(true)
    expect(await crashes()).toEqual([])
  },
)
