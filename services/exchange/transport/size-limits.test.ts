import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { attemptCmdlet, runCmdlet } from '../_cmdlet.ts'
import type { Stage } from '../_stage.ts'
import { askWebServices, Device, openOffice, sendMail } from '../activesync/_device.ts'
import { textOf } from '../activesync/elements.ts'

const open = new AsyncDisposableStack()
let stage: Stage
const [bob, ivan] = ['bob@contoso.com', 'ivan@contoso.com']

beforeAll(async () => {
  stage = open.use(await openOffice())
})
afterEach(() => stage.reset())
afterAll(() => open.disposeAsync())

const limit = (Identity: string, limits: object) => runCmdlet(stage, 'Set-Mailbox', { Identity, ...limits })

function sendByWebServices(text: string, disposition = 'SendAndSaveCopy'): Promise<string> {
  return askWebServices(
    stage,
    `<m:CreateItem MessageDisposition="${disposition}"><m:Items><t:Message><t:Subject>Limits</t:Subject><t:Body BodyType="Text">${text}</t:Body><t:ToRecipients><t:Mailbox><t:EmailAddress>${ivan}</t:EmailAddress></t:Mailbox></t:ToRecipients></t:Message></m:Items></m:CreateItem>`,
  )
}

async function sendByPhone(text: string): Promise<string | undefined> {
  const device = new Device(stage, bob)
  await device.provision()
  const { root } = await sendMail(device, 'limits', `To: ${ivan}\r\nSubject: Limits\r\n\r\n${text}`)
  return textOf(root, 'ComposeMail:Status')
}

/** Subject and text of what is in a folder. */
async function held(person: string, folder = 'inbox'): Promise<string> {
  const names = (fields: string) => fields.replace(/\S+/g, '<t:FieldURI FieldURI="$&"/>')
  const shape = `<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>${names('item:Subject item:TextBody')}</t:AdditionalProperties></m:ItemShape>`
  const found = await askWebServices(
    stage,
    `<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ParentFolderIds><t:DistinguishedFolderId Id="${folder}"/></m:ParentFolderIds></m:FindItem>`,
    person,
  )
  const ids = found.match(/<t:ItemId [^>]*>/g) ?? []
  return askWebServices(stage, `<m:GetItem>${shape}<m:ItemIds>${ids.join('')}</m:ItemIds></m:GetItem>`, person)
}

test.each([
  { limits: { ProhibitSendQuota: '1KB' }, bytes: 10, code: 'ErrorQuotaExceeded', status: '115' },
  { limits: { MaxSendSize: '4KB' }, bytes: 6000, code: 'ErrorMessageSizeExceeded', status: '120' },
  { limits: { MaxSendSize: '4KB' }, bytes: 10, code: 'NoError', status: undefined },
  { limits: { ProhibitSendQuota: '1GB', MaxSendSize: 'unlimited' }, bytes: 6000, code: 'NoError', status: undefined },
])('$limits and $bytes bytes: $code, Status $status', async ({ limits, bytes, code, status }) => {
  await limit(bob, limits)
  const text = 'x'.repeat(bytes)
  expect(await sendByWebServices(text)).toContain(`<m:ResponseCode>${code}<`)
  expect(await sendByPhone(text)).toBe(status)
  const expected = code === 'NoError' ? 2 : 0
  expect((await held(ivan)).split('>Limits<').length - 1).toBe(expected)
  expect((await held(bob, 'sentitems')).includes('>Limits<')).toBe(code === 'NoError')
  // What is not sent may be written.
  expect(await sendByWebServices(text, 'SaveOnly')).toContain('NoError')
})

test('mail that is too large for its recipient comes back as a report', async () => {
  await limit(ivan, { MaxReceiveSize: '4KB' })
  expect(await sendByWebServices('x'.repeat(6000))).toContain('NoError')
  expect(await held(ivan)).not.toContain('>Limits<')
  expect(await held(bob)).toContain('5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient')
  await limit(ivan, { MaxReceiveSize: 'Unlimited' })
  await sendByWebServices('x'.repeat(6000))
  expect(await held(ivan)).toContain('>Limits<')
})

test('over its IssueWarningQuota a mailbox is told so, once a day', async () => {
  const warnings = async () => (await held(ivan)).split('>Your mailbox is almost full.<').length - 1
  await limit(ivan, { IssueWarningQuota: 1024, ProhibitSendQuota: '2MB' })
  await sendByWebServices('x'.repeat(2000))
  await sendByWebServices('two')
  expect(await warnings()).toBe(1)
  expect(await held(ivan)).toContain('From 2.00 MB on it no longer sends.')
  await stage.clock.advance(25 * 60 * 60_000)
  await sendByWebServices('three')
  expect(await warnings()).toBe(2)
})

test('Get-Mailbox shows the limits; quotas are in order, and sizes are sizes', async () => {
  const shown = async () => (await runCmdlet(stage, 'Get-Mailbox', { Identity: bob }))[0]
  const unlimited = { ProhibitSendReceiveQuota: 'Unlimited', ProhibitSendQuota: 'Unlimited', MaxSendSize: 'Unlimited' }
  expect(await shown()).toMatchObject({ ...unlimited, MaxReceiveSize: 'Unlimited', UseDatabaseQuotaDefaults: false })
  const quotas = { IssueWarningQuota: '1GB', ProhibitSendQuota: '1.5GB', ProhibitSendReceiveQuota: '2 GB' }
  await limit(bob, { ...quotas, MaxReceiveSize: '25MB', UseDatabaseQuotaDefaults: false })
  expect(await shown()).toMatchObject({
    IssueWarningQuota: '1 GB (1,073,741,824 bytes)',
    ProhibitSendQuota: '1.5 GB (1,610,612,736 bytes)',
    ProhibitSendReceiveQuota: '2 GB (2,147,483,648 bytes)',
    MaxReceiveSize: '25 MB (26,214,400 bytes)',
  })
  const attempt = (limits: object) => attemptCmdlet(stage, 'Set-Mailbox', { Identity: bob, ...limits })
  expect(await attempt({ IssueWarningQuota: '1.9GB' })).toMatchObject({
    status: 400,
    error:
      "The value of property 'IssueWarningQuota' must be less than or equal to that of property 'ProhibitSendQuota'. IssueWarningQuota: '1.9 GB (2,040,109,466 bytes)', ProhibitSendQuota: '1.5 GB (1,610,612,736 bytes)'.",
  })
  expect((await attempt({ MaxSendSize: 'much' })).error).toMatch(/on parameter 'MaxSendSize'\. Cannot convert/)
  expect(await shown()).toMatchObject({ IssueWarningQuota: '1 GB (1,073,741,824 bytes)', MaxSendSize: 'Unlimited' })
  await limit(bob, { UseDatabaseQuotaDefaults: true })
  expect(await shown()).toMatchObject({ ...unlimited, IssueWarningQuota: 'Unlimited' })
})
