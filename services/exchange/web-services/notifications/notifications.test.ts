import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nextAlarm, passTimeUntil } from '#test/actors/alarms.ts'
import type { Stage } from '../../_stage.ts'
import { openOffice } from '../../activesync/_device.ts'
import { idsIn, Soap, valuesIn } from '../_client.ts'

const open = new AsyncDisposableStack()
let stage: Stage
let bob: Soap
let dave: Soap
beforeAll(async () => {
  stage = open.use(await openOffice())
  ;[bob, dave] = [new Soap(stage, 'bob'), new Soap(stage, 'dave')]
})
afterAll(() => open.disposeAsync())

const types = ['NewMailEvent', 'CreatedEvent', 'ModifiedEvent', 'DeletedEvent']
const folders = (name: string) => `<t:FolderIds><t:DistinguishedFolderId Id="${name}"/></t:FolderIds>`
const events = `<t:EventTypes>${types.map((each) => `<t:EventType>${each}</t:EventType>`).join('')}</t:EventTypes>`
const idOf = (text: string) => /<m:SubscriptionId>([^<]+)/.exec(text)?.[1] ?? ''
const markOf = (text: string) => [...text.matchAll(/<[mt]:Watermark>([^<]+)/g)].at(-1)?.[1] ?? ''
const kindsIn = (text: string) => [...text.matchAll(/<t:(\w+Event)>/g)].map(([, kind]) => kind)

const pull = (who: Soap, what = folders('inbox'), minutes = 10) =>
  who.ask(
    `<m:Subscribe><m:PullSubscriptionRequest>${what}${events}<t:Timeout>${minutes}</t:Timeout></m:PullSubscriptionRequest></m:Subscribe>`,
  )
const get = (who: Soap, id: string, mark: string) =>
  who.ask(`<m:GetEvents><m:SubscriptionId>${id}</m:SubscriptionId><m:Watermark>${mark}</m:Watermark></m:GetEvents>`)
const mail = (subject: string) =>
  dave.create(
    `<t:Message><t:Subject>${subject}</t:Subject><t:ToRecipients><t:Mailbox><t:EmailAddress>bob@contoso.com</t:EmailAddress></t:Mailbox></t:ToRecipients></t:Message>`,
  )

const advance = (minutes: number) => stage.clock.advance(minutes * 60_000)

/** Than the time between two signs of life. */
const aLittleMore = 46_000

describe('a pull subscription', () => {
  test('tells what happened since a watermark, once', async () => {
    const made = await pull(bob)
    const id = idOf(made.text)
    const nothing = await get(bob, id, markOf(made.text))
    expect(kindsIn(nothing.text)).toEqual(['StatusEvent'])
    await mail('pulled')
    const first = await get(bob, id, markOf(nothing.text))
    expect(kindsIn(first.text)).toEqual(['CreatedEvent', 'NewMailEvent', 'ModifiedEvent'])
    const [itemId = ''] = idsIn(first.text)
    expect(valuesIn((await bob.get(itemId)).text, 'Subject')).toEqual(['pulled'])
    expect(kindsIn((await get(bob, id, markOf(first.text))).text)).toEqual(['StatusEvent'])
    await bob.delete(itemId)
    const gone = await get(bob, id, markOf(first.text))
    expect(kindsIn(gone.text)).toEqual(['DeletedEvent', 'ModifiedEvent'])
    expect(idsIn(gone.text)[0]).toBe(itemId)
    // An answer that was lost is asked for again.
    expect(kindsIn((await get(bob, id, markOf(first.text))).text)).toContain('DeletedEvent')
  })

  test('of the whole mailbox hears of other folders, too; one of a folder does not', async () => {
    const whole = await bob.ask(
      `<m:Subscribe><m:PullSubscriptionRequest SubscribeToAllFolders="true">${events}<t:Timeout>10</t:Timeout></m:PullSubscriptionRequest></m:Subscribe>`,
    )
    const one = await pull(bob)
    await bob.create('<t:Task><t:Subject>noticed</t:Subject></t:Task>')
    expect(kindsIn((await get(bob, idOf(whole.text), markOf(whole.text))).text)).toContain('CreatedEvent')
    expect(kindsIn((await get(bob, idOf(one.text), markOf(one.text))).text)).toEqual(['StatusEvent'])
  })

  test('is nobody else’s, ends when it is told to, and when nobody asks', async () => {
    const made = await pull(bob)
    const [id, mark] = [idOf(made.text), markOf(made.text)]
    expect((await get(dave, id, mark)).code).toBe('ErrorSubscriptionAccessDenied')
    expect((await get(bob, id, 'nonsense')).code).toBe('ErrorInvalidWatermark')
    const end = `<m:Unsubscribe><m:SubscriptionId>${id}</m:SubscriptionId></m:Unsubscribe>`
    expect((await bob.ask(end)).code).toBe('NoError')
    expect((await get(bob, id, mark)).code).toBe('ErrorSubscriptionNotFound')
    const other = await pull(bob)
    await advance(6)
    expect((await get(bob, idOf(other.text), markOf(other.text))).code).toBe('NoError')
    await advance(6)
    expect((await get(bob, idOf(other.text), markOf(other.text))).code).toBe('NoError')
    await advance(11)
    expect((await get(bob, idOf(other.text), markOf(other.text))).code).toBe('ErrorSubscriptionNotFound')
  })

  test('of nothing, of odd events and for too long is refused', async () => {
    expect((await pull(bob, '')).code).toBe('ErrorInvalidSubscriptionRequest')
    expect((await pull(bob, folders('inbox'), 1441)).code).toBe('ErrorInvalidSubscriptionRequest')
    const push = `<m:Subscribe><m:PushSubscriptionRequest>${folders('inbox')}${events}</m:PushSubscriptionRequest></m:Subscribe>`
    expect((await bob.ask(push)).text).toContain('Fauxchange does not implement')
  })
})

describe('a streaming subscription', () => {
  const streaming = async () => {
    const { text } = await bob.ask(
      `<m:Subscribe><m:StreamingSubscriptionRequest>${folders('inbox')}${events}</m:StreamingSubscriptionRequest></m:Subscribe>`,
    )
    return idOf(text)
  }
  const connect = (id: string, minutes = 1) =>
    bob.ask(
      `<m:GetStreamingEvents><m:SubscriptionIds><t:SubscriptionId>${id}</t:SubscriptionId></m:SubscriptionIds><m:ConnectionTimeout>${minutes}</m:ConnectionTimeout></m:GetStreamingEvents>`,
    )

  test('tells what happens while it is connected, what happened before, and that it ends', async () => {
    const id = await streaming()
    await mail('before')
    const connected = nextAlarm(stage.clock)
    const ended = connect(id, 3)
    await connected
    const alarm = nextAlarm(stage.clock)
    await mail('during')
    const { text } = await passTimeUntil(stage.clock, aLittleMore, { answer: ended, alarm })
    const envelopes = text.split('<?xml').slice(1)
    expect(envelopes[0]).toContain('<m:ConnectionStatus>OK</m:ConnectionStatus>')
    expect(envelopes.filter((each) => each.includes('>OK<')).length).toBeGreaterThanOrEqual(2)
    expect(envelopes.at(-1)).toContain('<m:ConnectionStatus>Closed</m:ConnectionStatus>')
    expect(kindsIn(text).filter((kind) => kind === 'NewMailEvent')).toHaveLength(2)
    // What was told is not told again on the next connection.
    const waiting = nextAlarm(stage.clock)
    const again = await passTimeUntil(stage.clock, aLittleMore, { answer: connect(id), alarm: waiting })
    expect(kindsIn(again.text)).toEqual([])
  })

  test('is refused when it is not there, in the answer', async () => {
    const answer = await connect('nobody')
    expect([answer.status, answer.code]).toEqual([200, 'ErrorSubscriptionNotFound'])
    expect((await connect(await streaming(), 31)).code).toBe('ErrorSchemaValidation')
    const pulled = idOf((await pull(bob)).text)
    expect((await connect(pulled)).code).toBe('ErrorInvalidSubscription')
  })
})
