import type { PanelCommand } from './panel-commands.ts'

const identity = { Identity: 'text' } as const
const member = { ...identity, Member: 'text' } as const

const denied = ({ Deny }: Readonly<Record<string, unknown>>) => (Deny === '1' ? { Deny: true } : {})

/** Send As, by the cmdlets of one place. */
function sendAs(noun: string, trustee: string, rights: Readonly<Record<string, readonly string[]>>) {
  const fields = { ...identity, [trustee]: 'text' } as const
  return {
    grant: { cmdlet: `Add-${noun}`, fields, fixed: () => rights },
    revoke: { cmdlet: `Remove-${noun}`, fields, fixed: (form) => ({ ...rights, ...denied(form) }) },
  } satisfies Record<string, PanelCommand>
}

const online = sendAs('RecipientPermission', 'Trustee', { AccessRights: ['SendAs'] })
const inDirectory = sendAs('ADPermission', 'User', { ExtendedRights: ['Send-As'] })

/** Groups and their members, contacts, and who may do what with a mailbox that is not theirs. */
export const groupCommands: Readonly<Record<string, PanelCommand>> = {
  newGroup: {
    cmdlet: 'New-DistributionGroup',
    fields: { Name: 'text', Alias: 'text', PrimarySmtpAddress: 'text', Type: 'text', Members: 'givenLines' },
  },
  addGroupMember: { cmdlet: 'Add-DistributionGroupMember', fields: member },
  removeGroupMember: { cmdlet: 'Remove-DistributionGroupMember', fields: member },
  changeGroup: {
    cmdlet: 'Set-DistributionGroup',
    fields: {
      ...identity,
      RequireSenderAuthenticationEnabled: 'check',
      HiddenFromAddressListsEnabled: 'check',
    },
  },
  groupPeople: {
    cmdlet: 'Set-DistributionGroup',
    fields: {
      ...identity,
      ManagedBy: 'names',
      AcceptMessagesOnlyFromSendersOrMembers: 'names',
      GrantSendOnBehalfTo: 'names',
    },
  },
  newContact: { cmdlet: 'New-MailContact', fields: { Name: 'text', ExternalEmailAddress: 'text', Alias: 'text' } },
  changeContact: {
    cmdlet: 'Set-MailContact',
    fields: {
      ...identity,
      DisplayName: 'text',
      ExternalEmailAddress: 'text',
      HiddenFromAddressListsEnabled: 'check',
    },
  },
  removeContact: { cmdlet: 'Remove-MailContact', fields: identity },
  removeGroup: { cmdlet: 'Remove-DistributionGroup', fields: identity },
  grantFullAccess: {
    cmdlet: 'Add-MailboxPermission',
    fields: { ...identity, User: 'text', AutoMapping: 'check' },
    fixed: () => ({ AccessRights: ['FullAccess'] }),
  },
  revokeAccess: {
    cmdlet: 'Remove-MailboxPermission',
    fields: { ...identity, User: 'text', AccessRights: 'lines' },
    fixed: denied,
  },
  grantSendAs: online.grant,
  revokeSendAs: online.revoke,
  grantSendAsInDirectory: inDirectory.grant,
  revokeSendAsInDirectory: inDirectory.revoke,
}
