import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SigningKey } from '#certs/authority.ts'
import { darkAndNarrow, lightAndWide, problemsOf } from '#test/actors/look.ts'
import { type Browser, openMailboxOf, type Stage, testKeys } from '../_stage.ts'
import { openOffice } from '../activesync/_device.ts'
import { openStageBrowser } from '../pages/_chromium.ts'

const admin = 'admin@contoso.com'
const peggy = 'peggy@fabrikam.com'
let keys: Awaited<ReturnType<typeof testKeys>>
let entra: SigningKey

beforeAll(async () => {
  keys = await testKeys()
  entra = await keys.key('Entra')
})
afterAll(() => keys.remove())

function submit(person: Browser, form: string, returnTo: string, fields: Readonly<Record<string, string>> = {}) {
  const canary = person.cookie('X-OWA-CANARY') ?? ''
  return person.post('/ecp/command.ecp', { 'X-OWA-CANARY': canary, form, returnTo, ...fields })
}

const mailbox = `/ecp/UsersGroups/EditMailbox.aspx?id=${encodeURIComponent(peggy)}`
const mailUser = `/ecp/UsersGroups/EditMailUser.aspx?id=${encodeURIComponent('bob@contoso.com')}`
const moves = '/ecp/Migration/MigrationBatches.slab'
const created = '/ecp/UsersGroups/NewMailbox.aspx'
const trace = '/ecp/MailFlow/MessageTrace.slab'

async function openOnline() {
  const stage = await openMailboxOf(admin, entra)
  await stage.person.get('/ecp/')
  return stage
}

async function openOnPremises(): Promise<Stage & { readonly person: Browser }> {
  const stage = await openOffice()
  const run = (CmdletName: string, Parameters: object) =>
    stage.management.inject({ method: 'POST', url: '/cmdlets', payload: { CmdletInput: { CmdletName, Parameters } } })
  for (const name of ['owa', 'ecp'])
    await run(`Set-${name}VirtualDirectory`, {
      Identity: `${name} (Default Web Site)`,
      AdfsAuthentication: false,
      FormsAuthentication: true,
    })
  await run('Add-RoleGroupMember', { Identity: 'Organization Management', Member: 'bob@contoso.com' })
  const person = stage.browser('mail.contoso.com')
  const destination = 'https://mail.contoso.com/ecp/'
  await person.post('/owa/auth.owa', { destination, flags: '4', username: 'bob@contoso.com', password: 'right' })
  await person.get('/ecp/')
  return Object.assign(stage, { person })
}

test('forwarding is set; what comes from on-premises is not changed online; secrets are in no log', async () => {
  await using stage = await openOnline()
  const { person } = stage
  const page = (await person.get(mailbox)).body
  expect(page).toContain('come from the directory on-premises')
  expect(page).not.toContain('name="EmailAddresses"')
  await submit(person, 'forwarding', mailbox, { Identity: peggy, ForwardingSmtpAddress: 'home@elsewhere.example' })
  expect((await person.get(mailbox)).body).toContain('value="home@elsewhere.example"')
  const forged = await submit(person, 'addresses', mailbox, { Identity: peggy, EmailAddresses: 'SMTP:x@fabrikam.com' })
  expect(forged.statusCode).toBe(400)
  const move = {
    Identity: 'bob@contoso.com',
    direction: 'pull',
    RemoteHostName: 'elsewhere.example',
    RemoteUserName: 'CONTOSO\\dave',
    RemotePassword: 'Hidden-Word-1',
    TargetDeliveryDomain: 'contoso.mail.onmicrosoft.com',
  }
  const refused = await submit(person, 'newMove', moves, move)
  expect([refused.statusCode, refused.body.includes('no endpoint listening')]).toEqual([400, true])
  expect(refused.body).not.toContain('Hidden-Word-1')
  expect(JSON.stringify(stage.events())).not.toContain('Hidden-Word-1')
})

test('on-premises the AD FS settings and the addresses of a mailbox are changed', async () => {
  await using stage = await openOnPremises()
  const { person } = stage
  const organization = '/ecp/Organization/Configuration.slab'
  const claims = { AdfsIssuer: 'https://adfs2.contoso.com/adfs/ls/', AdfsAudienceUris: 'https://mail.contoso.com/owa/' }
  expect((await submit(person, 'claims', organization, claims)).statusCode).toBe(303)
  expect((await person.get(organization)).body).toContain('value="https://adfs2.contoso.com/adfs/ls/"')
  const remote = await person.get(`/ecp/UsersGroups/EditMailUser.aspx?id=${encodeURIComponent(peggy)}`)
  expect(remote.body).toContain('Disable')
  expect((await person.get(moves)).statusCode).toBe(501)
})

test.each([
  { place: 'online', urls: [mailbox, mailUser, moves, created, trace] },
  { place: 'on-premises', urls: [created, trace, '/ecp/Organization/Configuration.slab'] },
])('$place, every page passes axe and fits its window, and is not for others', async ({ place, urls }) => {
  await using stage = place === 'online' ? await openOnline() : await openOnPremises()
  await using browser = await openStageBrowser()
  for (const url of urls) {
    const page = await browser.visit(stage.person, url, { bypassCSP: true })
    expect([url, await problemsOf(page, [lightAndWide, darkAndNarrow])]).toEqual([url, []])
    expect(await page.getByTestId('mock-mark').innerText()).toContain('Fauxchange mock')
    await page.context().close()
  }
})

test('somebody without the role is refused every page', async () => {
  await using stage = await openMailboxOf(peggy, entra)
  for (const url of [mailbox, mailUser, moves, created, trace])
    expect([url, (await stage.person.get(url)).statusCode]).toEqual([url, 403])
})
