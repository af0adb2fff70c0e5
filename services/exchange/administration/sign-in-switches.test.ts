import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStage, type Stage } from '../_stage.ts'

const open = new AsyncDisposableStack()
let stage: Stage

beforeAll(async () => {
  stage = open.use(await openStage({ name: 'exchange-onprem', peers: () => ({ status: 404, body: '{}' }) }))
})
afterAll(() => open.disposeAsync())

async function run(CmdletName: string, Parameters: object): Promise<number> {
  const payload = { CmdletInput: { CmdletName, Parameters } }
  return (await stage.management.inject({ method: 'POST', url: '/cmdlets', payload })).statusCode
}

/** Where somebody without a session is sent: to AD FS, or to the form. */
async function wayIn(directory: 'owa' | 'ecp'): Promise<string> {
  const { headers } = await stage.browser('mail.contoso.com').get(`/${directory}/`)
  const { hostname, pathname } = new URL(String(headers.location), 'https://mail.contoso.com')
  return `${hostname}${pathname}`
}

const adfs = 'adfs.contoso.com/adfs/ls/'
const form = 'mail.contoso.com/owa/auth/logon.aspx'
const off = { AdfsAuthentication: false, FormsAuthentication: true }
const on = { AdfsAuthentication: true, FormsAuthentication: false }

/** One after the other: each counts for the next request. */
const rows = [
  { what: 'nothing was set', owa: adfs, ecp: adfs },
  { what: 'AD FS is off for the control panel', ecpSwitches: off, owa: adfs, ecp: form },
  { what: 'AD FS is off for both', owaSwitches: off, owa: form, ecp: form },
  {
    what: 'AD FS and forms are both on, AD FS goes first',
    owaSwitches: { AdfsAuthentication: true },
    owa: adfs,
    ecp: form,
  },
  { what: 'AD FS is on again for both', owaSwitches: on, ecpSwitches: on, owa: adfs, ecp: adfs },
] as const

test('Set-OwaVirtualDirectory and Set-EcpVirtualDirectory are for their own directory, and count at once', async () => {
  for (const row of rows) {
    for (const directory of ['Owa', 'Ecp'] as const) {
      const switches = { owaSwitches: undefined, ecpSwitches: undefined, ...row }[
        directory === 'Owa' ? 'owaSwitches' : 'ecpSwitches'
      ]
      if (!switches) continue
      const Identity = `EX1\\${directory.toLowerCase()} (Default Web Site)`
      expect([row.what, await run(`Set-${directory}VirtualDirectory`, { Identity, ...switches })]).toEqual([
        row.what,
        200,
      ])
    }
    expect([row.what, await wayIn('owa'), await wayIn('ecp')]).toEqual([row.what, row.owa, row.ecp])
  }
  expect(await run('Set-OwaVirtualDirectory', { Identity: 'owa (Another Site)', ...off })).toBe(404)
})

test.each([
  { AdfsIssuer: 'https://sts.contoso.com/adfs/ls/', to: 'sts.contoso.com/adfs/ls/' },
  { AdfsIssuer: 'https://adfs.contoso.com/adfs/ls/', to: adfs },
])('after Set-OrganizationConfig -AdfsIssuer $AdfsIssuer the next browser goes there', async ({ AdfsIssuer, to }) => {
  expect(await run('Set-OrganizationConfig', { AdfsIssuer })).toBe(200)
  expect([await wayIn('owa'), await wayIn('ecp')]).toEqual([to, to])
})
