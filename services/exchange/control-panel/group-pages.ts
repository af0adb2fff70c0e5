import type { ExchangeObject } from '../administration/cmdlet.ts'
import type { PanelBlock, PanelField } from '../pages/panel-page.ts'
import {
  checks,
  choice,
  counted,
  facts,
  groupPath,
  groupsPath,
  newGroupPath,
  type PanelLook,
  type PanelPage,
  pathTo,
  textOf,
} from './panel-page-list.ts'

export const groupPages: readonly PanelPage[] = [
  { path: groupsPath, name: 'Groups', needs: 'Get-DistributionGroup', section: 'Recipients', build: listGroups },
  {
    path: newGroupPath,
    name: 'New group',
    needs: 'New-DistributionGroup',
    section: 'Recipients',
    build: async () => [newGroupForm],
  },
  { path: groupPath, name: 'Group', needs: 'Get-DistributionGroup', build: showGroup },
]

const text = (name: string, label: string): PanelField => ({ kind: 'text', name, label, value: '' })

const newGroupForm: PanelBlock = {
  kind: 'form',
  form: 'newGroup',
  heading: 'New group',
  cmdlet: 'New-DistributionGroup',
  values: { returnTo: groupsPath },
  fields: [
    text('Name', 'Name'),
    text('Alias', 'Alias (optional)'),
    text('PrimarySmtpAddress', 'E-mail address (optional)'),
    choice('Type', 'Type', 'Distribution', [
      ['Distribution', 'Distribution group'],
      ['Security', 'Security group'],
    ]),
    { kind: 'lines', name: 'Members', label: 'Members, one address a line', value: '' },
  ],
  button: 'Create',
}

async function listGroups({ run }: PanelLook): Promise<readonly PanelBlock[]> {
  const groups = await run('Get-DistributionGroup', { ResultSize: 'Unlimited' })
  const rows = groups.map(({ DisplayName, PrimarySmtpAddress, GroupType, IsDirSynced }) => [
    { text: textOf(DisplayName), url: pathTo(groupPath, { id: textOf(PrimarySmtpAddress) }) },
    textOf(PrimarySmtpAddress),
    String(GroupType).includes('Security') ? 'Security group' : 'Distribution group',
    IsDirSynced === true ? 'Synchronized from on-premises' : 'Here',
  ])
  return [
    {
      kind: 'table',
      caption: counted(groups.length, 'group'),
      columns: ['Name', 'E-mail address', 'Type', 'Managed'],
      rows,
      empty: 'No group has an address.',
    },
  ]
}

async function showGroup({ run, query }: PanelLook): Promise<readonly PanelBlock[]> {
  const Identity = query.id ?? ''
  const [[group = {}], members] = await Promise.all([
    run('Get-DistributionGroup', { Identity }),
    run('Get-DistributionGroupMember', { Identity, ResultSize: 'Unlimited' }),
  ])
  const isSynchronized = group.IsDirSynced === true
  const general = ['DisplayName', 'Alias', 'GroupType', 'ManagedBy', 'PrimarySmtpAddress', 'EmailAddresses']
  return [
    { kind: 'facts', heading: 'General', facts: facts(group, general) },
    memberTable(Identity, members, isSynchronized),
    ...(isSynchronized ? [{ kind: 'note', text: synchronizedNote } as const] : groupForms(Identity, group)),
  ]
}

const synchronizedNote = 'The group comes from the directory on-premises: change it and its members there.'

function memberTable(Identity: string, members: readonly ExchangeObject[], isSynchronized: boolean): PanelBlock {
  const rows = members.map(({ DisplayName, PrimarySmtpAddress }) => {
    const [about, Member] = [textOf(DisplayName), textOf(PrimarySmtpAddress)]
    const button = { form: 'removeGroupMember', text: 'Remove', about, values: { Identity, Member } }
    return [about, Member, ...(isSynchronized ? [] : [{ buttons: [button] }])]
  })
  const columns = ['Name', 'E-mail address', ...(isSynchronized ? [] : ['Change'])]
  return {
    kind: 'table',
    caption: counted(members.length, 'member'),
    columns,
    rows,
    empty: 'The group has no members.',
  }
}

function groupForms(Identity: string, group: ExchangeObject): readonly PanelBlock[] {
  const form = { kind: 'form', values: { Identity } } as const
  const values = { Identity, returnTo: groupsPath }
  return [
    {
      ...form,
      form: 'addGroupMember',
      heading: 'Add a member',
      cmdlet: 'Add-DistributionGroupMember',
      fields: [text('Member', 'E-mail address')],
      button: 'Add',
    },
    {
      ...form,
      form: 'changeGroup',
      heading: 'Delivery',
      cmdlet: 'Set-DistributionGroup',
      fields: checks(group, ['RequireSenderAuthenticationEnabled', 'HiddenFromAddressListsEnabled']),
      button: 'Save',
    },
    {
      ...form,
      form: 'groupPeople',
      heading: 'Owners and senders',
      cmdlet: 'Set-DistributionGroup',
      fields: [
        namesField(group, 'ManagedBy', 'Owners, one a line'),
        namesField(group, 'AcceptMessagesOnlyFromSendersOrMembers', 'Who may send to it; everybody when empty'),
        namesField(group, 'GrantSendOnBehalfTo', 'Who may send on its behalf'),
      ],
      button: 'Save',
    },
    {
      kind: 'actions',
      buttons: [{ form: 'removeGroup', text: 'Remove the group', about: textOf(group.DisplayName), values }],
    },
  ]
}

function namesField(group: ExchangeObject, name: string, label: string): PanelField {
  const names = group[name]
  return { kind: 'lines', name, label, value: Array.isArray(names) ? names.join('\n') : '' }
}
