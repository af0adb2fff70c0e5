import { afterAll, beforeAll, expect, test } from 'vitest'
import { nextAlarm } from '#test/actors/alarms.ts'
import type { Stage } from '../_stage.ts'
import { askWebServices, Device, dataOf, openOffice, ping, readSync, sendMail } from './_device.ts'
import { textOf } from './elements.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openOffice()
})
afterAll(() => stage[Symbol.asyncDispose]())

const dave = 'dave@contoso.com'

/** Each puts one message with the subject into the inbox of Dave. */
const ways: Readonly<Record<string, (subject: string) => Promise<unknown>>> = {
  'Exchange Web Services': (subject) =>
    askWebServices(
      stage,
      `<m:CreateItem MessageDisposition="SendOnly"><m:Items><t:Message><t:Subject>${subject}</t:Subject><t:Body BodyType="Text">Hello</t:Body><t:ToRecipients><t:Mailbox><t:EmailAddress>${dave}</t:EmailAddress></t:Mailbox></t:ToRecipients></t:Message></m:Items></m:CreateItem>`,
    ),
  'another device': async (subject) => {
    const phone = await new Device(stage, 'bob@contoso.com', 'SENDER').connect()
    return sendMail(phone, subject, `To: ${dave}\nSubject: ${subject}\n\nHello`)
  },
  'the management port': (subject) =>
    stage.management.inject({
      method: 'POST',
      url: `/mailboxes/${dave}/messages`,
      payload: { mime: Buffer.from(`To: ${dave}\r\nSubject: ${subject}\r\n\r\nHello`).toString('base64') },
    }),
}

/** What the waiting phone is answered with, in words that are the same for all ways. */
const waits: Readonly<Record<string, (phone: Device, inbox: string) => Promise<string | undefined>>> = {
  'a held Ping': async (phone, inbox) => textOf((await phone.send('Ping', ping([inbox]))).root, 'Ping:Status'),
  'a waiting Sync': async (phone, inbox) => {
    const wait = '<AirSync:HeartbeatInterval>600</AirSync:HeartbeatInterval>'
    const answer = readSync((await phone.send('Sync', phone.syncBody(inbox, '', undefined, wait))).root)
    return dataOf(answer.added[0], 'Email:Subject')
  },
}

// The clock of the stage stands still: what ends the wait is the mail. How soon: test/postgres/wake.postgres.test.ts.
test.each(Object.keys(ways).flatMap((way) => Object.keys(waits).map((wait) => ({ way, wait }))))(
  '$wait ends for mail by $way',
  async ({ way, wait }) => {
    const phone = await new Device(stage, dave, `WAKE${wait.length}${way.length}`).connect()
    const inbox = phone.folder('2')
    await phone.syncAll(inbox)
    const subject = `${way} to ${wait}`
    let answer: string | undefined
    const held = nextAlarm(stage.clock)
    const woken = waits[wait]?.(phone, inbox).then((said) => {
      answer = said ?? 'nothing'
    })
    await held
    expect(answer).toBeUndefined()
    await ways[way]?.(subject)
    await woken
    expect(answer).toBe(wait === 'a held Ping' ? '2' : subject)
  },
)
