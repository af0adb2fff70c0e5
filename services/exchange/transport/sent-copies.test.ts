import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCmdlet } from '../_cmdlet.ts'
import type { Stage } from '../_stage.ts'
import { askWebServices, Device, openOffice, sendMail } from '../activesync/_device.ts'

const open = new AsyncDisposableStack()
let stage: Stage

beforeAll(async () => {
  stage = open.use(await openOffice())
})
afterAll(() => open.disposeAsync())

const whose = { SendAs: 'dave@contoso.com', SendOnBehalf: 'judy@contoso.com' } as const

const cmdlet = (name: string, parameters: object) => runCmdlet(stage, name, parameters)

/** Bob may send under the name of another in one way. */
function permit(right: keyof typeof whose): Promise<unknown> {
  const Identity = whose[right]
  if (right === 'SendOnBehalf') return cmdlet('Set-Mailbox', { Identity, GrantSendOnBehalfTo: 'bob@contoso.com' })
  return cmdlet('Add-ADPermission', { Identity, User: 'bob@contoso.com', ExtendedRights: 'Send As' })
}

async function sendByWebServices(from: string, subject: string): Promise<void> {
  const mailbox = (address: string) => `<t:Mailbox><t:EmailAddress>${address}</t:EmailAddress></t:Mailbox>`
  const answer = await askWebServices(
    stage,
    `<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:Items><t:Message><t:Subject>${subject}</t:Subject><t:Body BodyType="Text">x</t:Body><t:ToRecipients>${mailbox('ivan@contoso.com')}</t:ToRecipients><t:From>${mailbox(from)}</t:From></t:Message></m:Items></m:CreateItem>`,
  )
  expect(answer).toContain('NoError')
}

async function sendByPhone(from: string, subject: string): Promise<void> {
  const device = new Device(stage, 'bob@contoso.com')
  await device.provision()
  const text = `From: ${from}\r\nTo: ivan@contoso.com\r\nSubject: ${subject}\r\n\r\nx`
  const { status, root } = await sendMail(device, subject, text)
  expect([status, root]).toEqual([200, undefined])
}

const clients = { EWS: sendByWebServices, ActiveSync: sendByPhone }

/** How many messages of that subject are in Sent Items. */
async function sent(person: string, subject: string): Promise<number> {
  const found = await askWebServices(
    stage,
    '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape><m:ParentFolderIds><t:DistinguishedFolderId Id="sentitems"/></m:ParentFolderIds></m:FindItem>',
    person,
  )
  return found.split(`<t:Subject>${subject}</t:Subject>`).length - 1
}

test.each([
  { client: 'EWS', right: 'SendAs', setting: 'MessageCopyForSentAsEnabled', copies: 1 },
  { client: 'EWS', right: 'SendAs', setting: 'MessageCopyForSendOnBehalfEnabled', copies: 0 },
  { client: 'EWS', right: 'SendOnBehalf', setting: 'MessageCopyForSendOnBehalfEnabled', copies: 1 },
  { client: 'EWS', right: 'SendOnBehalf', setting: 'MessageCopyForSentAsEnabled', copies: 0 },
  { client: 'ActiveSync', right: 'SendAs', setting: 'MessageCopyForSentAsEnabled', copies: 1 },
  { client: 'ActiveSync', right: 'SendAs', setting: 'MessageCopyForSendOnBehalfEnabled', copies: 0 },
] as const)('$right by $client with $setting leaves $copies with whose name it is', async (row) => {
  const { client, right, setting, copies } = row
  const owner = whose[right]
  await permit(right)
  const settings = { MessageCopyForSentAsEnabled: false, MessageCopyForSendOnBehalfEnabled: false, [setting]: true }
  await cmdlet('Set-Mailbox', { Identity: owner, ...settings })
  const subject = `${client}-${right}-${setting}`.slice(0, 40)
  await clients[client](owner, subject)
  expect([await sent(owner, subject), await sent('ivan@contoso.com', subject)]).toEqual([copies, 0])
  expect(await sent('bob@contoso.com', subject)).toBe(client === 'EWS' ? 1 : 0)
})

test('a From without the right is refused, and nothing is kept', async () => {
  const from = '<t:From><t:Mailbox><t:EmailAddress>juergen@contoso.com</t:EmailAddress></t:Mailbox></t:From>'
  const answer = await askWebServices(
    stage,
    `<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:Items><t:Message><t:Subject>Forged</t:Subject><t:ToRecipients><t:Mailbox><t:EmailAddress>ivan@contoso.com</t:EmailAddress></t:Mailbox></t:ToRecipients>${from}</t:Message></m:Items></m:CreateItem>`,
  )
  expect(answer).toContain('ErrorSendAsDenied')
  expect(await sent('bob@contoso.com', 'Forged')).toBe(0)
})
