import type { PanelBlock, PanelField } from '../pages/panel-page.ts'
import {
  checks,
  contactPath,
  contactsPath,
  counted,
  facts,
  type PanelLook,
  type PanelPage,
  pathTo,
  textOf,
} from './panel-page-list.ts'

/** People outside the organization whom the address book knows. */
export const contactPages: readonly PanelPage[] = [
  { path: contactsPath, name: 'Contacts', needs: 'Get-MailContact', section: 'Recipients', build: listContacts },
  { path: contactPath, name: 'Contact', needs: 'Get-MailContact', build: showContact },
]

const text = (name: string, label: string, value = ''): PanelField => ({ kind: 'text', name, label, value })

async function listContacts({ run }: PanelLook): Promise<readonly PanelBlock[]> {
  const contacts = await run('Get-MailContact', { ResultSize: 'Unlimited' })
  const rows = contacts.map(({ DisplayName, ExternalEmailAddress, Guid, IsDirSynced }) => [
    { text: textOf(DisplayName), url: pathTo(contactPath, { id: textOf(Guid) }) },
    addressOf(ExternalEmailAddress),
    IsDirSynced === true ? 'Synchronized from on-premises' : 'Here',
  ])
  return [
    {
      kind: 'table',
      caption: counted(contacts.length, 'contact'),
      columns: ['Name', 'External e-mail address', 'Managed'],
      rows,
      empty: 'The address book has no contacts.',
    },
    {
      kind: 'form',
      form: 'newContact',
      heading: 'New contact',
      cmdlet: 'New-MailContact',
      values: {},
      fields: [
        text('Name', 'Name'),
        text('ExternalEmailAddress', 'External e-mail address'),
        text('Alias', 'Alias (optional)'),
      ],
      button: 'Create',
    },
  ]
}

async function showContact({ run, query }: PanelLook): Promise<readonly PanelBlock[]> {
  const Identity = query.id ?? ''
  const [contact = {}] = await run('Get-MailContact', { Identity })
  const general = ['DisplayName', 'Alias', 'ExternalEmailAddress', 'PrimarySmtpAddress', 'EmailAddresses']
  const about = textOf(contact.DisplayName)
  const shown: PanelBlock = { kind: 'facts', heading: 'General', facts: facts(contact, general) }
  if (contact.IsDirSynced === true)
    return [shown, { kind: 'note', text: 'The contact comes from the directory on-premises: change it there.' }]
  return [
    shown,
    {
      kind: 'form',
      form: 'changeContact',
      heading: 'Contact',
      cmdlet: 'Set-MailContact',
      values: { Identity },
      fields: [
        text('DisplayName', 'Display name', about),
        text('ExternalEmailAddress', 'External e-mail address', addressOf(contact.ExternalEmailAddress)),
        ...checks(contact, ['HiddenFromAddressListsEnabled']),
      ],
      button: 'Save',
    },
    {
      kind: 'actions',
      buttons: [
        { form: 'removeContact', text: 'Remove the contact', about, values: { Identity, returnTo: contactsPath } },
      ],
    },
  ]
}

function addressOf(value: Parameters<typeof textOf>[0]): string {
  return textOf(value).replace(/^smtp:/i, '')
}
