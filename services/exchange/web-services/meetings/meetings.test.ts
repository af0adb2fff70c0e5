import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Stage } from '../../_stage.ts'
import { openOffice } from '../../activesync/_device.ts'
import { relationalRecipientStore } from '../../mailbox/relational-recipient-store.ts'
import { idsIn, Soap, setField, valuesIn } from '../_client.ts'

const open = new AsyncDisposableStack()
let stage: Stage
let bob: Soap
let dave: Soap
beforeAll(async () => {
  stage = open.use(await openOffice())
  ;[bob, dave] = [new Soap(stage, 'bob'), new Soap(stage, 'dave')]
})
afterAll(() => open.disposeAsync())

const person = (name: string) =>
  `<t:Attendee><t:Mailbox><t:Name>${name}</t:Name><t:EmailAddress>${name}@contoso.com</t:EmailAddress></t:Mailbox></t:Attendee>`
const times = (start: string, end: string) => `<t:Start>${start}</t:Start><t:End>${end}</t:End>`
const range = (kind: string, first: string, more = '') =>
  `<t:${kind}><t:StartDate>${first}</t:StartDate>${more}</t:${kind}>`

/** In the order of the schema: what an attendee is sent, by subject, oldest first. */
async function mailOf(who: Soap, subject: string) {
  const { text } = await who.find('inbox', '', 'AllProperties')
  const items = [...text.matchAll(/<t:(Message|Meeting\w+)>(.*?)<\/t:\1>/gs)].map(([, kind, content = '']) => ({
    kind,
    content,
    id: idsIn(content)[0] ?? '',
    subject: valuesIn(content, 'Subject')[0] ?? '',
  }))
  return items.filter((each) => each.subject.endsWith(subject)).reverse()
}

async function meeting(subject: string, more = '', attendees = person('dave')) {
  const made = await bob.create(
    `<t:CalendarItem><t:Subject>${subject}</t:Subject><t:Body BodyType="Text">Bring figures</t:Body><t:ReminderMinutesBeforeStart>20</t:ReminderMinutesBeforeStart>${times('2026-03-05T10:00:00', '2026-03-05T11:00:00')}<t:Location>Room 1</t:Location><t:RequiredAttendees>${attendees}</t:RequiredAttendees>${more}<t:StartTimeZone Id="W. Europe Standard Time"/></t:CalendarItem>`,
  )
  expect(made.code).toBe('NoError')
  return idsIn(made.text)[0] ?? ''
}

describe('a meeting', () => {
  test('is invited to in its own time zone, accepted, and the organizer learns it', async () => {
    const id = await meeting('Budget')
    const own = (await bob.get(id)).text
    expect([valuesIn(own, 'Start'), valuesIn(own, 'IsMeeting'), valuesIn(own, 'MyResponseType')]).toEqual([
      ['2026-03-05T09:00:00Z'],
      ['true'],
      ['Organizer'],
    ])
    expect(own).toContain('<t:StartTimeZone Id="W. Europe Standard Time"')
    expect(valuesIn(own, 'ReminderMinutesBeforeStart')).toEqual(['20'])
    const [request] = await mailOf(dave, 'Budget')
    expect(request?.kind).toBe('MeetingRequest')
    const shown = (await dave.in('Tokyo Standard Time').get(request?.id ?? '')).text
    expect(valuesIn(shown, 'Start')).toEqual(['2026-03-05T18:00:00+09:00'])
    expect([valuesIn(shown, 'MeetingRequestType'), valuesIn(shown, 'Location')]).toEqual([
      ['NewMeetingRequest'],
      ['Room 1'],
    ])
    const [calendarId = ''] = idsIn(shown, 'AssociatedCalendarItemId')
    expect(valuesIn((await dave.get(calendarId)).text, 'LegacyFreeBusyStatus')).toEqual(['Tentative'])
    const accepted = await dave.create(`<t:AcceptItem><t:ReferenceItemId Id="${request?.id}"/></t:AcceptItem>`)
    expect([accepted.code, idsIn(accepted.text)]).toEqual(['NoError', [calendarId]])
    expect(valuesIn((await dave.get(calendarId)).text, 'MyResponseType')).toEqual(['Accept'])
    const [response] = await mailOf(bob, 'Budget')
    expect([response?.kind, response?.subject]).toEqual(['MeetingResponse', 'Accepted: Budget'])
    expect(valuesIn(response?.content ?? '', 'ResponseType')).toContain('Accept')
    expect((await bob.get(id)).text).toMatch(/dave@contoso.com.*?<t:ResponseType>Accept<\/t:ResponseType>/s)
    expect(await mailOf(dave, 'Budget')).toEqual([])
  })

  test('of one’s own is not accepted, and only its organizer cancels it', async () => {
    const id = await meeting('Own')
    expect((await bob.create(`<t:AcceptItem><t:ReferenceItemId Id="${id}"/></t:AcceptItem>`)).code).toBe(
      'ErrorCalendarIsOrganizerForAccept',
    )
    const [request] = await mailOf(dave, 'Own')
    const [theirs = ''] = idsIn(request?.content ?? '', 'AssociatedCalendarItemId')
    const cancel = (each: string) =>
      `<t:CancelCalendarItem><t:ReferenceItemId Id="${each}"/><t:NewBodyContent BodyType="Text">off</t:NewBodyContent></t:CancelCalendarItem>`
    expect((await dave.create(cancel(theirs))).code).toBe('ErrorCalendarIsNotOrganizer')
    expect((await bob.create(cancel(id))).code).toBe('NoError')
    expect((await bob.get(id)).code).toBe('ErrorItemNotFound')
    const [, cancellation] = await mailOf(dave, 'Own')
    expect(cancellation?.kind).toBe('MeetingCancellation')
    expect(valuesIn((await dave.get(theirs)).text, 'IsCancelled')).toEqual(['true'])
    const removed = await dave.create(`<t:RemoveItem><t:ReferenceItemId Id="${cancellation?.id}"/></t:RemoveItem>`)
    expect([removed.code, (await dave.get(theirs)).code]).toEqual(['NoError', 'ErrorItemNotFound'])
  })

  test.each([
    ['SendToNone', []],
    ['SendToAllAndSaveCopy', ['MeetingRequest']],
  ])('%s says whether a change is told', async (how, told) => {
    const id = await meeting(`Moved ${how}`)
    for (const { id: each } of await mailOf(dave, `Moved ${how}`)) await dave.delete(each)
    const start = setField('calendar:Start', '<t:Start>2026-03-05T15:00:00Z</t:Start>')
    const end = setField('calendar:End', '<t:End>2026-03-05T16:00:00Z</t:End>')
    const changed = await bob.update(id, start + end, `SendMeetingInvitationsOrCancellations="${how}"`)
    expect(changed.code).toBe('NoError')
    expect((await mailOf(dave, `Moved ${how}`)).map(({ kind }) => kind)).toEqual(told)
  })

  test('an invitation is no file of itself, and goes on as an invitation when it is forwarded', async () => {
    await meeting('Passed on')
    const [request] = await mailOf(dave, 'Passed on')
    const shown = (await dave.get(request?.id ?? '')).text
    expect([valuesIn(shown, 'HasAttachments'), valuesIn(shown, 'Attachments')]).toEqual([['false'], []])
    const to =
      '<t:ToRecipients><t:Mailbox><t:EmailAddress>juergen@contoso.com</t:EmailAddress></t:Mailbox></t:ToRecipients>'
    await dave.create(`<t:ForwardItem>${to}<t:ReferenceItemId Id="${request?.id}"/></t:ForwardItem>`)
    const juergen = new Soap(stage, 'juergen')
    const [forwarded] = await mailOf(juergen, 'FW: Passed on')
    expect(forwarded?.kind).toBe('MeetingRequest')
    const passed = (await juergen.get(forwarded?.id ?? '')).text
    expect([valuesIn(passed, 'HasAttachments'), valuesIn(passed, 'Location')]).toEqual([['false'], ['Room 1']])
    expect((await juergen.find('calendar')).text).toContain('Passed on')
  })

  test('SendOnlyToChanged invites whoever is new and calls off for whoever is left out', async () => {
    const id = await meeting('Guests', '', person('dave'))
    const juergen = new Soap(stage, 'juergen')
    const list = setField(
      'calendar:RequiredAttendees',
      `<t:RequiredAttendees>${person('juergen')}</t:RequiredAttendees>`,
    )
    await bob.update(id, list, 'SendMeetingInvitationsOrCancellations="SendOnlyToChanged"')
    expect((await mailOf(juergen, 'Guests')).map(({ kind }) => kind)).toEqual(['MeetingRequest'])
    expect((await mailOf(dave, 'Guests')).map(({ kind }) => kind)).toEqual(['MeetingRequest', 'MeetingCancellation'])
  })

  test('that does not say whom to tell is refused', async () => {
    const item = '<t:CalendarItem><t:Subject>x</t:Subject></t:CalendarItem>'
    expect((await bob.create(item, '')).code).toBe('ErrorSendMeetingInvitationsRequired')
    const id = await meeting('Silent')
    expect((await bob.update(id, setField('item:Subject', '<t:Subject>y</t:Subject>'), '')).code).toBe(
      'ErrorSendMeetingInvitationsOrCancellationsRequired',
    )
    expect((await bob.delete(id, 'DeleteType="HardDelete"')).code).toBe('ErrorSendMeetingCancellationsRequired')
  })

  test('is tentatively accepted with another time, which the organizer sees', async () => {
    const id = await meeting('Propose')
    const [request] = await mailOf(dave, 'Propose')
    await dave.create(
      `<t:TentativelyAcceptItem><t:ReferenceItemId Id="${request?.id}"/><t:ProposedStart>2026-03-06T08:00:00Z</t:ProposedStart><t:ProposedEnd>2026-03-06T09:00:00Z</t:ProposedEnd></t:TentativelyAcceptItem>`,
    )
    const [response] = await mailOf(bob, 'Propose')
    expect(valuesIn(response?.content ?? '', 'ProposedStart')).toEqual(['2026-03-06T08:00:00Z'])
    expect(valuesIn((await bob.get(id)).text, 'ProposedStart')).toEqual(['2026-03-06T08:00:00Z'])
  })
})

describe('a series', () => {
  const pattern = (content: string, ends: string) => `<t:Recurrence>${content}${ends}</t:Recurrence>`
  const four = range('NumberedRecurrence', '2026-03-05', '<t:NumberOfOccurrences>4</t:NumberOfOccurrences>')

  test.each([
    [
      'DailyRecurrence',
      '<t:DailyRecurrence><t:Interval>2</t:Interval></t:DailyRecurrence>',
      ['03-05', '03-07', '03-09', '03-11'],
    ],
    [
      'WeeklyRecurrence',
      '<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday Thursday</t:DaysOfWeek><t:FirstDayOfWeek>Monday</t:FirstDayOfWeek></t:WeeklyRecurrence>',
      ['03-05', '03-09', '03-12', '03-16'],
    ],
    [
      'AbsoluteMonthlyRecurrence',
      '<t:AbsoluteMonthlyRecurrence><t:Interval>1</t:Interval><t:DayOfMonth>5</t:DayOfMonth></t:AbsoluteMonthlyRecurrence>',
      ['03-05', '04-05', '05-05', '06-05'],
    ],
    [
      'RelativeMonthlyRecurrence',
      '<t:RelativeMonthlyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Thursday</t:DaysOfWeek><t:DayOfWeekIndex>First</t:DayOfWeekIndex></t:RelativeMonthlyRecurrence>',
      ['03-05', '04-02', '05-07', '06-04'],
    ],
    [
      'AbsoluteYearlyRecurrence',
      '<t:AbsoluteYearlyRecurrence><t:DayOfMonth>5</t:DayOfMonth><t:Month>March</t:Month></t:AbsoluteYearlyRecurrence>',
      ['03-05', '03-05', '03-05', '03-05'],
    ],
    [
      'RelativeYearlyRecurrence',
      '<t:RelativeYearlyRecurrence><t:DaysOfWeek>Thursday</t:DaysOfWeek><t:DayOfWeekIndex>First</t:DayOfWeekIndex><t:Month>March</t:Month></t:RelativeYearlyRecurrence>',
      ['03-05', '03-04', '03-02', '03-01'],
    ],
  ])('%s is kept as it was given, and takes place when it says', async (_name, content, days) => {
    const id = await meeting(`Every ${_name}`, pattern(content, four), '')
    const { text } = await bob.get(id)
    expect(text).toContain(`${content}${four}`)
    expect(valuesIn(text, 'CalendarItemType')).toEqual(['RecurringMaster'])
    expect(text).toMatch(new RegExp(`<t:LastOccurrence>.*?<t:Start>20\\d\\d-${days[3]}T`))
    const starts = await Promise.all(
      [1, 2, 3, 4].map(async (index) => {
        const named = `<t:OccurrenceItemId RecurringMasterId="${id}" InstanceIndex="${index}"/>`
        return valuesIn((await bob.get(named)).text, 'Start')[0]?.slice(5, 10)
      }),
    )
    expect(starts).toEqual(days)
    const fifth = await bob.get(`<t:OccurrenceItemId RecurringMasterId="${id}" InstanceIndex="5"/>`)
    expect(fifth.code).toBe('ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange')
  })

  test('keeps its wall clock across the change to summer time', async () => {
    const weekly =
      '<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Thursday</t:DaysOfWeek></t:WeeklyRecurrence>'
    await meeting(
      'Summer',
      pattern(weekly, range('EndDateRecurrence', '2026-03-05', '<t:EndDate>2026-04-02</t:EndDate>')),
      '',
    )
    const { text } = await bob.in('W. Europe Standard Time').view('2026-03-26', '2026-04-03')
    const summer = text.split('<t:CalendarItem>').filter((each) => each.includes('>Summer<'))
    expect(summer.map((each) => valuesIn(each, 'Start')[0])).toEqual([
      '2026-03-26T10:00:00+01:00',
      '2026-04-02T10:00:00+02:00',
    ])
  })

  test('has occurrences that are read, moved and deleted by themselves, and told of', async () => {
    const weekly =
      '<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Thursday</t:DaysOfWeek></t:WeeklyRecurrence>'
    const id = await meeting('Standup', pattern(weekly, four))
    await dave.delete((await mailOf(dave, 'Standup'))[0]?.id ?? '')
    const { text } = await bob.view('2026-03-12', '2026-03-20')
    const items = text.split('<t:CalendarItem>').filter((each) => each.includes('>Standup<'))
    const [second = '', third = ''] = items.map((each) => idsIn(each)[0] ?? '')
    expect(valuesIn(items[0] ?? '', 'CalendarItemType')).toEqual(['Occurrence'])
    expect(valuesIn(items[0] ?? '', 'IsRecurring')).toEqual(['true'])
    const master = await bob.get(`<t:RecurringMasterItemId OccurrenceId="${second}"/>`)
    expect(idsIn(master.text)[0]).toBe(id)
    const moved = await bob.update(
      second,
      setField('calendar:Start', '<t:Start>2026-03-12T14:00:00Z</t:Start>') +
        setField('calendar:End', '<t:End>2026-03-12T15:00:00Z</t:End>') +
        setField('item:Subject', '<t:Subject>Late standup</t:Subject>'),
    )
    expect([moved.code, idsIn(moved.text)]).toEqual(['NoError', [second]])
    const exception = (await bob.get(second)).text
    expect([valuesIn(exception, 'CalendarItemType'), valuesIn(exception, 'OriginalStart')]).toEqual([
      ['Exception'],
      ['2026-03-12T09:00:00Z'],
    ])
    expect((await bob.delete(third)).code).toBe('NoError')
    expect((await bob.get(third)).code).toBe('ErrorCalendarOccurrenceIsDeletedFromRecurrence')
    const series = (await bob.get(id)).text
    expect(series).toMatch(
      /<t:ModifiedOccurrences><t:Occurrence>.*<t:Start>2026-03-12T14:00:00Z<.*<t:OriginalStart>2026-03-12T09:00:00Z</,
    )
    expect(series).toMatch(/<t:DeletedOccurrences><t:DeletedOccurrence><t:Start>2026-03-19T09:00:00Z</)
    expect((await mailOf(dave, 'tandup')).map(({ kind }) => kind).sort()).toEqual([
      'MeetingCancellation',
      'MeetingRequest',
    ])
    const theirs = await dave.view('2026-03-12', '2026-03-20')
    expect(valuesIn(theirs.text, 'Start').filter((each) => each.startsWith('2026-03-12'))).toContain(
      '2026-03-12T14:00:00Z',
    )
    const to = '<m:ToFolderId><t:DistinguishedFolderId Id="drafts"/></m:ToFolderId>'
    const copied = await bob.ask(`<m:CopyItem>${to}<m:ItemIds><t:ItemId Id="${second}"/></m:ItemIds></m:CopyItem>`)
    expect(copied.code).toBe('ErrorCalendarCannotMoveOrCopyOccurrence')
  })

  test('with another pattern has no exceptions, and without one is a single appointment', async () => {
    const daily = '<t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence>'
    const id = await meeting('Course', pattern(daily, four), '')
    const none = 'SendMeetingInvitationsOrCancellations="SendToNone"'
    const other = pattern(daily.replace('1', '2'), range('NoEndRecurrence', '2026-03-05'))
    expect((await bob.update(id, setField('calendar:Recurrence', other), none)).code).toBe('NoError')
    expect((await bob.get(id)).text).toContain('<t:NoEndRecurrence>')
    const drop = '<t:DeleteItemField><t:FieldURI FieldURI="calendar:Recurrence"/></t:DeleteItemField>'
    await bob.update(id, drop, none)
    expect(valuesIn((await bob.get(id)).text, 'CalendarItemType')).toEqual(['Single'])
  })

  test.each([
    [
      'no such day',
      '<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Caturday</t:DaysOfWeek></t:WeeklyRecurrence>',
      four,
      'ErrorSchemaValidation',
    ],
    ['no interval', '<t:DailyRecurrence></t:DailyRecurrence>', four, 'ErrorCalendarInvalidRecurrence'],
    [
      'an end before the start',
      '<t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence>',
      range('EndDateRecurrence', '2026-03-05', '<t:EndDate>2026-03-01</t:EndDate>'),
      'ErrorCalendarEndDateIsEarlierThanStartDate',
    ],
  ])('is refused: %s', async (_why, content, ends, code) => {
    const item = `<t:CalendarItem><t:Subject>bad</t:Subject>${times('2026-03-05T10:00:00Z', '2026-03-05T11:00:00Z')}${pattern(content, ends)}</t:CalendarItem>`
    expect((await bob.create(item)).code).toBe(code)
  })
})

test('a whole day is from midnight to midnight of its zone', async () => {
  const made = await bob
    .in('Tokyo Standard Time')
    .create(
      `<t:CalendarItem><t:Subject>Off</t:Subject>${times('2026-03-10T00:00:00', '2026-03-11T00:00:00')}<t:IsAllDayEvent>true</t:IsAllDayEvent></t:CalendarItem>`,
    )
  const { text } = await bob.get(idsIn(made.text)[0] ?? '')
  expect([valuesIn(text, 'Start'), valuesIn(text, 'End')]).toEqual([['2026-03-09T15:00:00Z'], ['2026-03-10T15:00:00Z']])
})

test('a zone alone moves the times to what its clocks show', async () => {
  const id = await meeting('Shifted', '', '')
  const zone = setField('calendar:StartTimeZone', '<t:StartTimeZone Id="UTC"/>')
  await bob.update(id, zone, 'SendMeetingInvitationsOrCancellations="SendToNone"')
  expect(valuesIn((await bob.get(id)).text, 'Start')).toEqual(['2026-03-05T10:00:00Z'])
  const unknown = setField('calendar:StartTimeZone', '<t:StartTimeZone Id="Mars Standard Time"/>')
  expect((await bob.update(id, unknown)).code).toBe('ErrorTimeZone')
})

test('a message is answered, answered to all but oneself, and forwarded with what it says', async () => {
  const recipients = relationalRecipientStore(stage.store.db, stage.clock)
  const self = await recipients.findRecipient('emailAddress', 'bob@contoso.com')
  await recipients.changeRecipient(self?.objectGuid ?? '', { otherAddresses: ['bob.alias@contoso.com'] })
  await dave.create(
    '<t:Message><t:Subject>Plan</t:Subject><t:Body BodyType="Text">the plan</t:Body><t:ToRecipients><t:Mailbox><t:EmailAddress>bob.alias@contoso.com</t:EmailAddress></t:Mailbox><t:Mailbox><t:EmailAddress>juergen@contoso.com</t:EmailAddress></t:Mailbox></t:ToRecipients></t:Message>',
  )
  const [mail] = await mailOf(bob, 'Plan')
  const respond = (name: string, more = '') =>
    bob.create(
      `<t:${name}>${more}<t:ReferenceItemId Id="${mail?.id}"/><t:NewBodyContent BodyType="Text">fine</t:NewBodyContent></t:${name}>`,
    )
  expect((await respond('ReplyAllToItem')).code).toBe('NoError')
  const [answer] = await mailOf(dave, 'RE: Plan')
  const text = (await dave.get(answer?.id ?? '')).text
  expect(valuesIn(text, 'Body')[0]).toMatch(/fine[\s\S]*the plan/)
  expect(text).toContain('juergen@contoso.com')
  expect(text).not.toContain('<t:EmailAddress>bob.alias@contoso.com')
  const to = '<t:ToRecipients><t:Mailbox><t:EmailAddress>dave@contoso.com</t:EmailAddress></t:Mailbox></t:ToRecipients>'
  expect((await respond('ForwardItem', to)).code).toBe('NoError')
  expect(await mailOf(dave, 'FW: Plan')).toHaveLength(1)
})
