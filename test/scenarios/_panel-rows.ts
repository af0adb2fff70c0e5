import { createTransport } from 'nodemailer'
import type { Page } from 'playwright-core'
import type { Stack } from '#services/stack.ts'
import { ActiveSyncClient } from '../actors/activesync-client.ts'
import type { TestBrowser } from '../actors/browser.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { alice, bob, peggy } from '../actors/people.ts'
import { atAdfs, atEntra } from '../actors/person.ts'
import { worldOf } from '../actors/world.ts'

type Place = 'exchange-online' | 'exchange-onprem'

const administrators = { Identity: 'Organization Management' }
const group = { Name: 'Launch Team', PrimarySmtpAddress: 'launch@contoso.com' }

async function run(lab: Lab, deployment: Place, CmdletName: string, Parameters: object = {}): Promise<void> {
  const { status, json } = await lab.call('POST', '/api/exchange/cmdlets', { deployment, CmdletName, Parameters })
  if (status !== 200) throw new Error(`${CmdletName} answered ${status}: ${JSON.stringify(json)}`)
}

async function synchronize(stack: Stack, place: Place, deviceId: string): Promise<void> {
  const isOnline = place === 'exchange-online'
  const { upn, password } = isOnline ? peggy : bob
  await using phone = new ActiveSyncClient(stack, 'internet', {
    url: `https://${isOnline ? 'outlook.office365.com' : 'mail.contoso.com'}/Microsoft-Server-ActiveSync`,
    user: upn,
    authorization: `Basic ${Buffer.from(`${upn}:${password}`).toString('base64')}`,
    deviceId,
    version: '14.1',
  })
  await phone.synchronizeFolders()
}

async function send(stack: Stack, place: Place, from: string, to: string, subject: string): Promise<void> {
  const servername = place === 'exchange-online' ? 'outlook.office365.com' : 'mail.contoso.com'
  const transport = createTransport({
    ...stack.smtp(place),
    requireTLS: true,
    tls: { ca: stack.authority.caPem, servername },
  })
  await transport.sendMail({ from, to, subject, text: 'Hello' })
  transport.close()
}

/** Gives every page of administrators rows to show, in both places; Peggy manages online and Bob on-premises. */
export async function fillPanels(stack: Stack): Promise<void> {
  const lab = labOf(worldOf(stack))
  for (const place of ['exchange-online', 'exchange-onprem'] as const) {
    const [own, other] = place === 'exchange-online' ? [peggy.upn, alice.upn] : [bob.upn, 'dave@contoso.com']
    const todo = (name: string, parameters: object) => run(lab, place, name, parameters)
    await todo('Add-RoleGroupMember', { ...administrators, Member: own })
    await todo('Add-RoleGroupMember', { ...administrators, Member: other })
    await todo('New-AuthenticationPolicy', { Name: 'Block Basic' })
    await todo('New-AuthenticationPolicy', { Name: 'Pilot' })
    await todo('New-DistributionGroup', { ...group, Members: [own, other] })
    await todo('New-MailContact', { Name: 'Olga Out', ExternalEmailAddress: 'olga@out.example' })
    await todo('Add-MailboxPermission', { Identity: own, User: other, AccessRights: ['FullAccess'] })
    await todo(place === 'exchange-online' ? 'Add-RecipientPermission' : 'Add-ADPermission', {
      Identity: own,
      ...(place === 'exchange-online'
        ? { Trustee: other, AccessRights: ['SendAs'] }
        : { User: other, ExtendedRights: ['Send-As'] }),
    })
    await synchronize(stack, place, 'FIRSTPHONE')
    const rule = { Characteristic: 'DeviceType', QueryString: 'TestPhone', AccessLevel: 'Quarantine' }
    await todo('New-ActiveSyncDeviceAccessRule', rule)
    await todo('New-ActiveSyncDeviceAccessRule', { ...rule, QueryString: 'iPad', AccessLevel: 'Block' })
    await synchronize(stack, place, 'SECONDPHONE').catch(() => undefined)
    await send(stack, place, 'a@elsewhere.example', own, 'A subject that is as long as subjects of real people are')
    await send(stack, place, 'a@elsewhere.example', group.PrimarySmtpAddress, 'To the group')
  }
  await run(lab, 'exchange-online', 'New-MoveRequest', {
    Identity: 'dave@contoso.com',
    Remote: true,
    RemoteHostName: 'mail.contoso.com',
    RemoteCredential: { UserName: 'CONTOSO\\dave', Password: 'Dave-Pass4' },
    TargetDeliveryDomain: 'contoso.mail.onmicrosoft.com',
    SuspendWhenReadyToComplete: true,
  })
}

/** The panel as its administrator opens it, from the internet. */
export async function enterPanel(stack: Stack, browser: TestBrowser, place: Place): Promise<Page> {
  const lab = labOf(worldOf(stack))
  const page = await browser.visitor('internet', { bypassCSP: true })
  if (place === 'exchange-onprem') {
    await page.goto('https://mail.contoso.com/ecp/')
    await atAdfs.signIn(page, bob.upn, bob.password)
    await atAdfs.typeCode(page, await lab.totpCode(bob.upn))
    await page.waitForURL('https://mail.contoso.com/ecp/')
    return page
  }
  await page.goto('https://outlook.office.com/owa')
  await atEntra.typeEmail(page, peggy.upn)
  await atEntra.typePassword(page, peggy.password)
  await atEntra.typeCode(page, await lab.totpCode(peggy.upn))
  await atEntra.staySignedIn(page, 'no')
  await page.waitForURL(/^https:\/\/outlook\.office\.com\/owa\//)
  await page.goto('https://outlook.office.com/ecp/')
  return page
}
