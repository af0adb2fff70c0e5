import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { labOf } from '../actors/lab.ts'
import { peggy } from '../actors/people.ts'
import { requestThrough } from '../actors/request-through.ts'
import { worldOf } from '../actors/world.ts'

const office = 'd3590ed6-52b3-4102-aeff-aad2292ab01c'
const open = new AsyncDisposableStack()
let stack: Stack

beforeAll(async () => {
  stack = open.use(await startStack())
})
afterAll(() => open.disposeAsync())

async function tokenFor(scope: string): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'password',
    client_id: office,
    username: peggy.upn,
    password: peggy.password,
    scope,
  }).toString()
  const url = 'https://login.microsoftonline.com/organizations/oauth2/v2.0/token'
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const { text } = await requestThrough(stack, 'internet', url, { method: 'POST', headers, body })
  expect(text).toContain('access_token')
  return (JSON.parse(text) as { access_token: string }).access_token
}

function getInbox(token: string) {
  const body =
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><soap:Body><m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:FolderIds><t:DistinguishedFolderId Id="inbox"/></m:FolderIds></m:GetFolder></soap:Body></soap:Envelope>'
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/xml; charset=utf-8' }
  const url = 'https://outlook.office365.com/EWS/Exchange.asmx'
  return requestThrough(stack, 'internet', url, { method: 'POST', headers, body })
}

test('a delegated token of Entra ID opens the mailbox by Exchange Web Services', async () => {
  const answer = await getInbox(await tokenFor('https://outlook.office365.com/EWS.AccessAsUser.All'))
  expect(answer.status).toBe(200)
  expect(answer.text).toContain('<t:DisplayName>Inbox</t:DisplayName>')
})

test('a token for another permission, and one for another resource, do not', async () => {
  const other = await getInbox(await tokenFor('https://outlook.office365.com/Mail.Read'))
  expect([other.status, String(other.headers['x-ms-diagnostics'])]).toEqual([401, expect.stringMatching(/^2000008;/)])
  const graph = await getInbox(await tokenFor('https://graph.microsoft.com/User.Read'))
  expect([graph.status, String(graph.headers['x-ms-diagnostics'])]).toEqual([401, expect.stringMatching(/^2000003;/)])
})

test('the organization lets in the applications of EwsAllowedAppIDs only, and says so', async () => {
  const lab = labOf(worldOf(stack))
  const set = async (Parameters: object) => {
    const body = { deployment: 'exchange-online', CmdletName: 'Set-OrganizationConfig', Parameters }
    expect((await lab.call('POST', '/api/exchange/cmdlets', body)).status).toBe(200)
  }
  const token = await tokenFor('https://outlook.office365.com/EWS.AccessAsUser.All')
  const blocked = 'EWS is blocked by policy for this user or tenant'
  const refusals = [{ EwsAllowedAppIDs: crypto.randomUUID() }, { EwsAllowedAppIDs: '', EwsEnabled: false }]
  for (const refusal of refusals) {
    await set(refusal)
    const { status, headers, text } = await getInbox(token)
    expect([status, headers['x-ews-policy-reason'], text]).toEqual([403, blocked, ''])
  }
  const reasons = (await lab.journal({ limit: '50' })).flatMap((event) => event.reasons).join('\n')
  expect(reasons).toContain(`EwsAllowedAppIDs does not have ${office}`)
  await set({ EwsEnabled: true, EwsAllowedAppIDs: `${crypto.randomUUID()}, ${office.toUpperCase()}` })
  expect((await getInbox(token)).status).toBe(200)
})
