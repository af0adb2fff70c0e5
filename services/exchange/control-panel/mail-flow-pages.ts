import type { ExchangeObject } from '../administration/cmdlet.ts'
import { CmdletError } from '../administration/cmdlet-error.ts'
import type { PanelBlock, PanelTable } from '../pages/panel-page.ts'
import {
  choice,
  counted,
  facts,
  type PanelLook,
  type PanelPage,
  pathTo,
  textOf,
  tracedPath,
  tracePath,
} from './panel-page-list.ts'

export const mailFlowPages: readonly PanelPage[] = [
  {
    path: tracePath,
    name: 'Message trace',
    needs: 'Get-MessageTraceV2',
    section: 'Mail flow',
    onlyIn: 'online',
    build: showTrace,
  },
  {
    path: tracePath,
    name: 'Message tracking log',
    needs: 'Get-MessageTrackingLog',
    section: 'Mail flow',
    onlyIn: 'onPremises',
    build: showLog,
  },
  { path: tracedPath, name: 'Traced message', needs: 'Get-MessageTraceDetailV2', onlyIn: 'online', build: showTraced },
]

const statuses = ['Delivered', 'Expanded', 'Failed', 'Pending', 'None']
const shownRows = 100

/** Asked once somebody searched; what the cmdlet refuses is said where it was asked. */
async function searched(
  { run, query }: PanelLook,
  cmdlet: string,
  parameters: Readonly<Record<string, string>>,
  tableOf: (found: readonly ExchangeObject[]) => PanelTable,
): Promise<PanelBlock> {
  const given = Object.entries(parameters).flatMap(([field, parameter]) => {
    const value = query[field]?.trim()
    return value ? [[parameter, value]] : []
  })
  try {
    return tableOf(await run(cmdlet, { ...Object.fromEntries(given), ResultSize: shownRows }))
  } catch (error) {
    if (error instanceof CmdletError) return { kind: 'problem', text: error.message }
    throw error
  }
}

async function showTrace(look: PanelLook): Promise<readonly PanelBlock[]> {
  const names = {
    sender: 'SenderAddress',
    recipient: 'RecipientAddress',
    status: 'Status',
    start: 'StartDate',
    end: 'EndDate',
    id: 'MessageId',
  }
  const columns = ['Received', 'Sender', 'Recipient', 'Subject', 'Status']
  const table = await searched(look, 'Get-MessageTraceV2', names, (found) => ({
    kind: 'table',
    caption: counted(found.length, 'message'),
    columns,
    rows: found.map((each) => {
      const id = { id: textOf(each.MessageTraceId), recipient: textOf(each.RecipientAddress) }
      const received = { text: textOf(each.Received), url: pathTo(tracedPath, id) }
      return [received, ...['SenderAddress', 'RecipientAddress', 'Subject', 'Status'].map((name) => textOf(each[name]))]
    }),
    empty: 'No message fits. Without dates the last 48 hours are searched.',
  }))
  const text = (name: string, label: string) => ({ kind: 'text', name, label, value: look.query[name] ?? '' }) as const
  const any = [['', 'Any'] as const, ...statuses.map((each) => [each, each] as const)]
  return [
    {
      kind: 'search',
      url: tracePath,
      fields: [
        text('sender', 'Sender'),
        text('recipient', 'Recipient'),
        choice('status', 'Status', look.query.status ?? '', any),
        text('start', 'From (UTC)'),
        text('end', 'Until (UTC)'),
        text('id', 'Message-ID'),
      ],
    },
    table,
  ]
}

async function showTraced({ run, query }: PanelLook): Promise<readonly PanelBlock[]> {
  const asked = { MessageTraceId: query.id ?? '', RecipientAddress: query.recipient ?? '' }
  const events = await run('Get-MessageTraceDetailV2', asked)
  const [first = {}] = events
  const names = ['MessageId', 'MessageTraceId', 'SenderAddress', 'RecipientAddress']
  return [
    { kind: 'facts', heading: 'Message', facts: facts(first, names) },
    {
      kind: 'table',
      caption: 'Message events',
      columns: ['Date', 'Event', 'Detail'],
      rows: events.map(({ Date: at, Event, Detail }) => [textOf(at), textOf(Event), textOf(Detail)]),
      empty: 'There is no such message.',
    },
  ]
}

async function showLog(look: PanelLook): Promise<readonly PanelBlock[]> {
  const names = {
    sender: 'Sender',
    recipient: 'Recipients',
    event: 'EventId',
    subject: 'MessageSubject',
    start: 'Start',
    end: 'End',
    id: 'MessageId',
  }
  const table = await searched(look, 'Get-MessageTrackingLog', names, (found) => ({
    kind: 'table',
    caption: counted(found.length, 'event'),
    columns: ['Time', 'Event', 'Source', 'Sender', 'Recipient', 'Subject', 'Status'],
    rows: found.map((each) =>
      ['Timestamp', 'EventId', 'Source', 'Sender', 'Recipients', 'MessageSubject', 'RecipientStatus'].map((name) =>
        textOf(each[name]),
      ),
    ),
    empty: 'Nothing fits.',
  }))
  const text = (name: string, label: string) => ({ kind: 'text', name, label, value: look.query[name] ?? '' }) as const
  const events = ['RECEIVE', 'EXPAND', 'DELIVER', 'SEND', 'REDIRECT', 'DEFER', 'FAIL']
  const any = [['', 'Any'] as const, ...events.map((each) => [each, each] as const)]
  return [
    {
      kind: 'search',
      url: tracePath,
      fields: [
        text('sender', 'Sender'),
        text('recipient', 'Recipient'),
        choice('event', 'Event', look.query.event ?? '', any),
        text('subject', 'Subject'),
        text('start', 'From (UTC)'),
        text('end', 'Until (UTC)'),
        text('id', 'Message-ID'),
      ],
    },
    table,
  ]
}
