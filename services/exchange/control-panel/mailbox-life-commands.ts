import type { PanelCommand } from './panel-commands.ts'

const identity = { Identity: 'text' } as const
const person = { Name: 'text', Password: 'text' } as const
const existing = { ...identity, Alias: 'text' } as const

/** How mailboxes begin, change, move and end. */
export const mailboxLifeCommands: Readonly<Record<string, PanelCommand>> = {
  newCloudMailbox: { cmdlet: 'New-Mailbox', fields: { ...person, MicrosoftOnlineServicesID: 'text' } },
  newMailbox: { cmdlet: 'New-Mailbox', fields: { ...person, UserPrincipalName: 'text' } },
  enableMailbox: { cmdlet: 'Enable-Mailbox', fields: existing },
  newRemoteMailbox: { cmdlet: 'New-RemoteMailbox', fields: { ...person, UserPrincipalName: 'text' } },
  enableRemoteMailbox: { cmdlet: 'Enable-RemoteMailbox', fields: existing },
  disableMailbox: { cmdlet: 'Disable-Mailbox', fields: identity },
  disableRemoteMailbox: { cmdlet: 'Disable-RemoteMailbox', fields: identity },
  removeMailbox: { cmdlet: 'Remove-Mailbox', fields: identity },
  general: {
    cmdlet: 'Set-Mailbox',
    fields: { ...identity, DisplayName: 'text', HiddenFromAddressListsEnabled: 'check' },
  },
  addresses: { cmdlet: 'Set-Mailbox', fields: { ...identity, EmailAddresses: 'lines' } },
  forwarding: {
    cmdlet: 'Set-Mailbox',
    fields: { ...identity, ForwardingSmtpAddress: 'name', DeliverToMailboxAndForward: 'check' },
  },
  newMove: {
    cmdlet: 'New-MoveRequest',
    fields: {
      ...identity,
      RemoteHostName: 'text',
      TargetDeliveryDomain: 'text',
      SuspendWhenReadyToComplete: 'check',
    },
    fixed: ({ direction, RemoteUserName, RemotePassword }) => ({
      ...(direction === 'push' ? { Outbound: true } : { Remote: true }),
      RemoteCredential: { userName: String(RemoteUserName ?? ''), password: String(RemotePassword ?? '') },
    }),
  },
  resumeMove: { cmdlet: 'Resume-MoveRequest', fields: identity },
  suspendMove: { cmdlet: 'Suspend-MoveRequest', fields: identity },
  removeMove: { cmdlet: 'Remove-MoveRequest', fields: identity },
}
