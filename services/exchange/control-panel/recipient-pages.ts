import type { ExchangeObject } from '../administration/cmdlet.ts'
import { organizationManagement, roleGroupNames } from '../organization/role-groups.ts'
import type { PanelBlock } from '../pages/panel-page.ts'
import { mailboxLifeForms } from './mailbox-life-pages.ts'
import { deviceTable } from './mobile-pages.ts'
import { protocolSwitches } from './panel-commands.ts'
import {
  administratorsPath,
  checks,
  choice,
  counted,
  facts,
  mailboxesPath,
  mailboxPath,
  mailUserPath,
  type PanelLook,
  type PanelPage,
  pathTo,
  same,
  textOf,
} from './panel-page-list.ts'
import { permissionBlocks } from './permission-forms.ts'

const pageSize = 25
/** Groups have their own page. */
const people = ['UserMailbox', 'MailUser']

export const recipientPages: readonly PanelPage[] = [
  { path: mailboxesPath, name: 'Mailboxes', needs: 'Get-Recipient', section: 'Recipients', build: listMailboxes },
  { path: mailboxPath, name: 'Mailbox', needs: 'Get-Mailbox', build: showMailbox },
  {
    path: administratorsPath,
    name: 'Administrators',
    needs: 'Get-RoleGroupMember',
    section: 'Permissions',
    build: showAdministrators,
  },
]

async function listMailboxes({ run, query }: PanelLook): Promise<readonly PanelBlock[]> {
  const wanted = (query.q ?? '').trim().toLowerCase()
  const all = (await run('Get-Recipient', { ResultSize: 'Unlimited' })).filter(({ RecipientType }) =>
    people.includes(textOf(RecipientType)),
  )
  const found = all.filter(({ DisplayName, PrimarySmtpAddress }) =>
    [DisplayName, PrimarySmtpAddress].some((each) => textOf(each).toLowerCase().includes(wanted)),
  )
  const start = Math.max(Number.parseInt(query.from ?? '0', 10) || 0, 0)
  const pageUrl = (from: number) => pathTo(mailboxesPath, { ...(wanted && { q: wanted }), from: String(from) })
  const rows = found.slice(start, start + pageSize).map((each) => {
    const address = textOf(each.PrimarySmtpAddress)
    const isHere = each.RecipientType === 'UserMailbox'
    const name = textOf(each.DisplayName)
    return [
      { text: name, url: pathTo(isHere ? mailboxPath : mailUserPath, { id: address }) },
      address,
      isHere ? 'User mailbox' : 'Mail user (mailbox in the other place)',
    ]
  })
  return [
    {
      kind: 'search',
      url: mailboxesPath,
      fields: [{ kind: 'text', name: 'q', label: 'Name or address', value: query.q ?? '' }],
    },
    {
      kind: 'table',
      caption: counted(found.length, 'recipient'),
      columns: ['Name', 'E-mail address', 'Type'],
      rows,
      empty: 'Nobody has such a name.',
    },
    {
      kind: 'pager',
      previous: start > 0 ? pageUrl(Math.max(start - pageSize, 0)) : undefined,
      next: start + pageSize < found.length ? pageUrl(start + pageSize) : undefined,
    },
  ]
}

async function showMailbox(look: PanelLook): Promise<readonly PanelBlock[]> {
  const { run, query, location } = look
  const Identity = query.id ?? ''
  const [[mailbox = {}], [access = {}], [user = {}], [statistics = {}], devices] = await Promise.all([
    run('Get-Mailbox', { Identity }),
    run('Get-CASMailbox', { Identity }),
    run('Get-User', { Identity }),
    run('Get-MailboxStatistics', { Identity }),
    run('Get-MobileDeviceStatistics', { Mailbox: Identity }),
  ])
  const general = ['DisplayName', 'Alias', 'UserPrincipalName', 'RecipientTypeDetails', 'ServerName', 'ExchangeGuid']
  return [
    { kind: 'facts', heading: 'General', facts: facts(mailbox, general) },
    { kind: 'facts', heading: 'E-mail addresses', facts: facts(mailbox, ['PrimarySmtpAddress', 'EmailAddresses']) },
    { kind: 'facts', heading: 'Usage', facts: facts(statistics, ['ItemCount', 'TotalItemSize']) },
    ...(await mailboxForms(look, Identity, { access, user, statistics })),
    ...(await permissionBlocks(look, Identity)),
    ...mailboxLifeForms(mailbox, location),
    deviceTable('Mobile devices', devices, Identity),
  ]
}

interface MailboxFacts {
  readonly access: ExchangeObject
  readonly user: ExchangeObject
  readonly statistics: ExchangeObject
}

async function mailboxForms(
  { run, may }: PanelLook,
  Identity: string,
  { access, user, statistics }: MailboxFacts,
): Promise<readonly PanelBlock[]> {
  const [policies, mobilePolicies] = await Promise.all([
    run('Get-AuthenticationPolicy'),
    run('Get-MobileDeviceMailboxPolicy'),
  ])
  const assigned = policies.find(({ DistinguishedName }) => DistinguishedName === user.AuthenticationPolicy)
  const quota = textOf(statistics.DatabaseProhibitSendReceiveQuota)
  const form = { kind: 'form', values: { Identity }, button: 'Save' } as const
  const policyChoices = [['', "The organization's"] as const, ...same(policies.map(({ Name }) => textOf(Name)))]
  const mobileChoices = same(mobilePolicies.map(({ Name }) => textOf(Name)))
  const userPolicy: PanelBlock = {
    ...form,
    form: 'userPolicy',
    heading: 'Authentication policy',
    cmdlet: 'Set-User',
    fields: [choice('AuthenticationPolicy', 'Policy', textOf(assigned?.Name), policyChoices)],
  }
  const mobilePolicy: PanelBlock = {
    ...form,
    form: 'mobilePolicy',
    heading: 'Mobile device policy',
    cmdlet: 'Set-CASMailbox',
    fields: [choice('ActiveSyncMailboxPolicy', 'Device policy', textOf(access.ActiveSyncMailboxPolicy), mobileChoices)],
  }
  return [
    {
      ...form,
      form: 'features',
      heading: 'Mailbox features',
      cmdlet: 'Set-CASMailbox',
      fields: checks(access, protocolSwitches),
    },
    // Whoever does not see the policies cannot choose one, and would take it away.
    ...(may('Get-AuthenticationPolicy') ? [userPolicy] : []),
    ...(may('Get-MobileDeviceMailboxPolicy') ? [mobilePolicy] : []),
    {
      ...form,
      form: 'quota',
      heading: 'Mailbox usage',
      cmdlet: 'Set-Mailbox',
      fields: [
        { kind: 'text', name: 'ProhibitSendReceiveQuota', label: 'Quota, such as 2 GB or Unlimited', value: quota },
      ],
    },
  ]
}

/** Each role group with its members. */
async function showAdministrators({ run }: PanelLook): Promise<readonly PanelBlock[]> {
  const tables = await Promise.all(
    roleGroupNames.map(async (group) => groupTable(group, await run('Get-RoleGroupMember', { Identity: group }))),
  )
  return [
    ...tables,
    {
      kind: 'form',
      form: 'addAdministrator',
      heading: 'Add a member',
      cmdlet: 'Add-RoleGroupMember',
      values: {},
      fields: [
        choice('Identity', 'Role group', organizationManagement, same(roleGroupNames)),
        { kind: 'text', name: 'Member', label: 'E-mail address', value: '' },
      ],
      button: 'Add',
    },
  ]
}

function groupTable(group: string, members: readonly ExchangeObject[]): PanelBlock {
  const rows = members.map(({ DisplayName, PrimarySmtpAddress }) => {
    const [name, Member] = [textOf(DisplayName), textOf(PrimarySmtpAddress)]
    const button = {
      form: 'removeAdministrator',
      text: 'Remove',
      about: `${name} from ${group}`,
      values: { Identity: group, Member },
    }
    return [name, Member, { buttons: [button] }]
  })
  return {
    kind: 'table',
    caption: `Members of ${group}`,
    columns: ['Name', 'E-mail address', 'Change'],
    rows,
    empty: 'Nobody is in this role group.',
  }
}
