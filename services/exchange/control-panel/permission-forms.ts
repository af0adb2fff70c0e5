import type { ExchangeObject } from '../administration/cmdlet.ts'
import type { PanelBlock, PanelButton } from '../pages/panel-page.ts'
import { type PanelLook, textOf } from './panel-page-list.ts'

/** How each place keeps Send As: of the directory on-premises it is an extended right. */
const sendAsIn = {
  online: { noun: 'RecipientPermission', trustee: 'Trustee' },
  onPremises: { noun: 'ADPermission', trustee: 'User' },
} as const

/** Who may open a mailbox and send as its owner, and the forms that let people in. */
export async function permissionBlocks({ run, location }: PanelLook, Identity: string): Promise<readonly PanelBlock[]> {
  const { noun, trustee } = sendAsIn[location]
  const [opening, sending] = await Promise.all([
    run('Get-MailboxPermission', { Identity }),
    run(`Get-${noun}`, { Identity }),
  ])
  const ofOthers = opening.filter(({ User }) => User !== 'NT AUTHORITY\\SELF')
  const form = { kind: 'form', values: { Identity }, button: 'Add' } as const
  const given = (name: string) => ({ kind: 'text', name, label: 'Person or security group', value: '' }) as const
  return [
    {
      kind: 'table',
      caption: 'Mailbox delegation',
      columns: ['Who', 'Right', 'Access', 'Change'],
      rows: [
        ...ofOthers.map((each) => rowOf(each, 'User', revokeAccess(each, Identity))),
        ...sending.map((each) => rowOf(each, trustee, revokeSendAs(each, { Identity, trustee, location }))),
      ],
      empty: 'Nobody else opens this mailbox or sends as its owner.',
    },
    {
      ...form,
      form: 'grantFullAccess',
      heading: 'Full Access',
      cmdlet: 'Add-MailboxPermission',
      fields: [given('User'), { kind: 'check', name: 'AutoMapping', label: 'Outlook opens it by itself', value: true }],
    },
    {
      ...form,
      form: sendAsForm('grant', location),
      heading: 'Send As',
      cmdlet: `Add-${noun}`,
      fields: [given(trustee)],
    },
  ]
}

function sendAsForm(verb: 'grant' | 'revoke', location: PanelLook['location']): string {
  return `${verb}SendAs${location === 'online' ? '' : 'InDirectory'}`
}

const isDenied = ({ Deny, AccessControlType }: ExchangeObject) => Deny === true || AccessControlType === 'Deny'
const rightOf = ({ ExtendedRights, AccessRights }: ExchangeObject) => textOf(ExtendedRights ?? AccessRights)
const denial = (permission: ExchangeObject) => ({ Deny: isDenied(permission) ? '1' : '' })

function rowOf(permission: ExchangeObject, trustee: string, button: PanelButton) {
  const access = isDenied(permission) ? 'Denied' : 'Allowed'
  return [textOf(permission[trustee]), rightOf(permission), access, { buttons: [button] }]
}

function revokeAccess(permission: ExchangeObject, Identity: string): PanelButton {
  const [User, AccessRights] = [textOf(permission.User), rightOf(permission)]
  return {
    form: 'revokeAccess',
    text: 'Remove',
    about: `${AccessRights} of ${User}`,
    values: { Identity, User, AccessRights, ...denial(permission) },
  }
}

interface SendAsPlace {
  readonly Identity: string
  readonly trustee: 'User' | 'Trustee'
  readonly location: PanelLook['location']
}

function revokeSendAs(permission: ExchangeObject, { Identity, trustee, location }: SendAsPlace): PanelButton {
  const who = textOf(permission[trustee])
  return {
    form: sendAsForm('revoke', location),
    text: 'Remove',
    about: `Send As of ${who}`,
    values: { Identity, [trustee]: who, ...denial(permission) },
  }
}
