import type { ExchangeObject } from '../administration/cmdlet.ts'
import type { PanelBlock, PanelButton, PanelField } from '../pages/panel-page.ts'
import {
  facts,
  mailboxesPath,
  mailUserPath,
  movesPath,
  newMailboxPath,
  type PanelLook,
  type PanelPage,
  pathTo,
  textOf,
} from './panel-page-list.ts'

export const mailboxLifePages: readonly PanelPage[] = [
  {
    path: newMailboxPath,
    name: 'New mailbox',
    needs: 'New-Mailbox',
    section: 'Recipients',
    build: async (look) => newMailboxForms(look),
  },
  { path: mailUserPath, name: 'Mail user', needs: 'Get-MailUser', build: showMailUser },
  {
    path: movesPath,
    name: 'Migration',
    needs: 'Get-MoveRequestStatistics',
    section: 'Recipients',
    onlyIn: 'online',
    build: showMoves,
  },
]

const text = (name: string, label: string, value = ''): PanelField => ({ kind: 'text', name, label, value })
const password = (name: string, label: string): PanelField => ({ kind: 'password', name, label })

function newMailboxForms({ location }: PanelLook): readonly PanelBlock[] {
  const person = (id: string): readonly PanelField[] => [
    text('Name', 'Name'),
    text(id, 'User principal name'),
    password('Password', 'Password'),
  ]
  const form = { kind: 'form', values: {}, button: 'Create' } as const
  if (location === 'online')
    return [
      {
        kind: 'note',
        text: 'For a person of the cloud only. Mailboxes of others are made where their accounts are: on-premises.',
      },
      {
        ...form,
        form: 'newCloudMailbox',
        heading: 'User mailbox',
        cmdlet: 'New-Mailbox',
        fields: person('MicrosoftOnlineServicesID'),
      },
    ]
  const existing = [text('Identity', 'Account'), text('Alias', 'Alias (optional)')]
  return [
    {
      ...form,
      form: 'newMailbox',
      heading: 'User mailbox with a new account',
      cmdlet: 'New-Mailbox',
      fields: person('UserPrincipalName'),
    },
    {
      ...form,
      form: 'enableMailbox',
      heading: 'User mailbox for an account that exists',
      cmdlet: 'Enable-Mailbox',
      fields: existing,
    },
    {
      ...form,
      form: 'newRemoteMailbox',
      heading: 'Mailbox in Exchange Online with a new account',
      cmdlet: 'New-RemoteMailbox',
      fields: person('UserPrincipalName'),
    },
    {
      ...form,
      form: 'enableRemoteMailbox',
      heading: 'Mailbox in Exchange Online for an account that exists',
      cmdlet: 'Enable-RemoteMailbox',
      fields: existing,
    },
  ]
}

/** Somebody whose mailbox is in the other place. */
async function showMailUser({ run, query, location }: PanelLook): Promise<readonly PanelBlock[]> {
  const Identity = query.id ?? ''
  const [user = {}] = await run('Get-MailUser', { Identity })
  const general = ['DisplayName', 'Alias', 'UserPrincipalName', 'RecipientTypeDetails', 'ExternalEmailAddress']
  const about = textOf(user.DisplayName)
  const end = { values: { Identity, returnTo: mailboxesPath }, about }
  const actions: readonly PanelBlock[] =
    location === 'online'
      ? [moveForm(Identity, 'pull')]
      : [{ kind: 'actions', buttons: [{ ...end, form: 'disableRemoteMailbox', text: 'Disable' }] }]
  return [
    { kind: 'facts', heading: 'General', facts: facts(user, general) },
    { kind: 'facts', heading: 'E-mail addresses', facts: facts(user, ['PrimarySmtpAddress', 'EmailAddresses']) },
    ...actions,
  ]
}

/** Of a mailbox that is here: its addresses, where its mail goes, and how it ends. */
export function mailboxLifeForms(mailbox: ExchangeObject, location: PanelLook['location']): readonly PanelBlock[] {
  const Identity = textOf(mailbox.PrimarySmtpAddress)
  const form = { kind: 'form', values: { Identity }, button: 'Save', cmdlet: 'Set-Mailbox' } as const
  const about = textOf(mailbox.DisplayName)
  const values = { Identity, returnTo: mailboxesPath }
  const isSynchronized = mailbox.IsDirSynced === true
  const buttons: readonly PanelButton[] = [
    ...(location === 'onPremises' ? [{ form: 'disableMailbox', text: 'Disable the mailbox', about, values }] : []),
    ...(isSynchronized ? [] : [{ form: 'removeMailbox', text: 'Remove the mailbox and the account', about, values }]),
  ]
  return [
    ...(isSynchronized ? [{ kind: 'note', text: synchronizedNote } as const] : attributeForms(mailbox, form)),
    {
      ...form,
      form: 'forwarding',
      heading: 'Mail flow',
      fields: [
        text('ForwardingSmtpAddress', 'Forward to', textOf(mailbox.ForwardingSmtpAddress).replace(/^smtp:/i, '')),
        {
          kind: 'check',
          name: 'DeliverToMailboxAndForward',
          label: 'Keep a copy in the mailbox',
          value: mailbox.DeliverToMailboxAndForward === true,
        },
      ],
    },
    ...(location === 'online' && isSynchronized ? [moveForm(Identity, 'push')] : []),
    ...(buttons.length > 0 ? [{ kind: 'actions', buttons } as const] : []),
  ]
}

const synchronizedNote =
  'Name and addresses come from the directory on-premises: change them there (Set-RemoteMailbox).'

function attributeForms(
  mailbox: ExchangeObject,
  form: {
    readonly kind: 'form'
    readonly values: Readonly<Record<string, string>>
    readonly button: string
    readonly cmdlet: string
  },
): readonly PanelBlock[] {
  const addresses = Array.isArray(mailbox.EmailAddresses) ? mailbox.EmailAddresses.join('\n') : ''
  return [
    {
      ...form,
      form: 'general',
      heading: 'Name',
      fields: [
        text('DisplayName', 'Display name', textOf(mailbox.DisplayName)),
        {
          kind: 'check',
          name: 'HiddenFromAddressListsEnabled',
          label: 'Hide from address lists',
          value: mailbox.HiddenFromAddressListsEnabled === true,
        },
      ],
    },
    {
      ...form,
      form: 'addresses',
      heading: 'E-mail addresses',
      fields: [
        { kind: 'lines', name: 'EmailAddresses', label: 'One a line, SMTP: before the primary', value: addresses },
      ],
    },
  ]
}

function moveForm(Identity: string, direction: 'pull' | 'push'): PanelBlock {
  return {
    kind: 'form',
    form: 'newMove',
    heading: direction === 'pull' ? 'Move the mailbox to Exchange Online' : 'Move the mailbox to the own servers',
    cmdlet: 'New-MoveRequest',
    values: { Identity, direction, returnTo: movesPath },
    fields: [
      text('RemoteHostName', 'Remote host name'),
      text('RemoteUserName', 'Administrator there'),
      password('RemotePassword', 'Password there'),
      text('TargetDeliveryDomain', 'Delivery domain'),
      { kind: 'check', name: 'SuspendWhenReadyToComplete', label: 'Wait before it is completed', value: false },
    ],
    button: 'Move',
  }
}

async function showMoves({ run }: PanelLook): Promise<readonly PanelBlock[]> {
  const moves = await run('Get-MoveRequestStatistics')
  const rows = moves.map((move) => {
    const Identity = textOf(move.Guid)
    const about = `the move of ${textOf(move.DisplayName)}`
    const button = (form: string, label: string): PanelButton => ({ form, text: label, about, values: { Identity } })
    return [
      textOf(move.DisplayName),
      move.Direction === 'Pull' ? 'to Exchange Online' : 'to the own servers',
      textOf(move.Status),
      `${textOf(move.PercentComplete)} %`,
      `${textOf(move.ItemsTransferred)} of ${textOf(move.TotalMailboxItemCount)} items`,
      textOf(move.Message),
      { buttons: moveButtons(textOf(move.Status), button) },
    ]
  })
  return [
    {
      kind: 'table',
      caption: 'Move requests',
      columns: ['Mailbox', 'Direction', 'Status', 'Done', 'Items', 'Message', 'Change'],
      rows,
      empty: 'No mailbox is being moved. Moves begin on the page of a mailbox.',
    },
    { kind: 'links', links: [{ text: 'Look again', url: pathTo(movesPath, {}) }] },
  ]
}

function moveButtons(status: string, button: (form: string, label: string) => PanelButton): readonly PanelButton[] {
  const isWaiting = ['AutoSuspended', 'Suspended', 'Failed'].includes(status)
  const isRunning = ['Queued', 'InProgress'].includes(status)
  return [
    ...(isWaiting ? [button('resumeMove', status === 'AutoSuspended' ? 'Complete' : 'Resume')] : []),
    ...(isRunning ? [button('suspendMove', 'Suspend')] : []),
    ...(status === 'CompletionInProgress' ? [] : [button('removeMove', 'Remove')]),
  ]
}
