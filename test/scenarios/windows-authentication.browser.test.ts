import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { tokenRequest } from '#services/adfs/ws-trust/_soap.ts'
import { type Stack, startStack } from '#services/stack.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { openBrowser, type TestBrowser } from '../actors/browser.ts'
import { curl } from '../actors/curl.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { bob } from '../actors/people.ts'
import { userAgents } from '../actors/web-view.ts'
import { worldOf } from '../actors/world.ts'

const owa = `https://adfs.contoso.com/adfs/ls/?wa=wsignin1.0&wtrealm=${encodeURIComponent('https://mail.contoso.com/owa/')}`
const wia = owa.replace('/adfs/ls/', '/adfs/ls/wia')
const edge = ['-A', userAgents.edgeWindows] as const
const open = new AsyncDisposableStack()
let stack: Stack
let browser: TestBrowser
let lab: Lab

beforeAll(async () => {
  stack = open.use(await startStack())
  const world = worldOf(stack)
  browser = open.use(await openBrowser(world))
  lab = labOf(world)
})

afterAll(() => open.disposeAsync())
afterEach(() => lab.reset())

async function reasonsAtWia(): Promise<string> {
  const events = await lab.journal({ deployment: 'adfs' })
  return events
    .filter(({ path }) => path === '/adfs/ls/wia')
    .flatMap(({ reasons }) => reasons)
    .join('\n')
}

describe('curl', () => {
  test.each([
    ['DOMAIN\\user', 'CONTOSO\\bob'],
    ['the DNS name of the domain', 'contoso.com\\bob'],
    ['a UPN', bob.upn],
  ])('WEB-ONPREM-3 --ntlm with %s: challenge, answer, session, token', async (_what, name) => {
    const credentials = ['--ntlm', '-u', `${name}:${bob.password}`]
    const { statuses, text } = await curl(stack, 'corp', [...edge, ...credentials, '-L', wia])
    expect(statuses).toEqual([401, 302, 200])
    expect(text).toContain('name="hiddenform" action="https://mail.contoso.com:443/owa/"')
    expect(text).toContain('urn:federation:authentication:windows')
    const events = await lab.journal({ deployment: 'adfs' })
    expect(events.find(({ decisions }) => decisions.includes('credentialsAccepted'))).toMatchObject({
      user: bob.upn,
      path: '/adfs/ls/wia',
      steps: ['WEB-ONPREM-3'],
    })
    expect(JSON.stringify(events)).not.toContain(bob.password)
  })

  test('the passive end point leads listed agents there, and the server offers Negotiate and NTLM', async () => {
    const args = [...edge, '-L', owa]
    const { statuses, text } = await curl(stack, 'corp', args)
    expect(text).toContain('location: https://adfs.contoso.com:443/adfs/ls/wia?wa=wsignin1.0')
    expect(text).toMatch(/www-authenticate: Negotiate\r\nwww-authenticate: NTLM\r\n/)
    expect(statuses).toEqual([302, 401])
  })

  test('a wrong password ends at 401 and counts towards the lock-out, which the right one then meets', async () => {
    const wrong = ['--ntlm', '-u', 'CONTOSO\\bob:wrong']
    const { statuses } = await curl(stack, 'corp', [...edge, ...wrong, wia])
    expect(statuses).toEqual([401, 401])
    expect(await reasonsAtWia()).toContain('the directory refused "CONTOSO\\bob": STATUS_WRONG_PASSWORD')
    for (let more = 0; more < 9; more += 1) await curl(stack, 'corp', [...edge, ...wrong, wia])
    await curl(stack, 'corp', [...edge, '--ntlm', '-u', `CONTOSO\\bob:${bob.password}`, wia])
    expect(await reasonsAtWia()).toContain('STATUS_ACCOUNT_LOCKED_OUT')
  })

  test('--negotiate without a ticket gets nowhere', async () => {
    const { statuses } = await curl(stack, 'corp', [...edge, '--negotiate', '-u', ':', wia])
    expect(statuses).toEqual([401])
  })

  test('a user agent that is not listed gets the form', async () => {
    const { statuses, text } = await curl(stack, 'corp', [owa])
    expect(statuses).toEqual([200])
    expect(text).toContain('id="userNameInput"')
  })

  test('outside there is a form, and the proxy leads nowhere near /adfs/ls/wia', async () => {
    const credentials = ['--ntlm', '-u', `CONTOSO\\bob:${bob.password}`]
    expect((await curl(stack, 'internet', [...edge, owa])).text).toContain('id="userNameInput"')
    const { statuses, text } = await curl(stack, 'internet', [...edge, ...credentials, wia])
    expect(statuses).toEqual([404])
    expect(text).not.toContain('hiddenform')
  })
})

describe('WS-Trust with Windows credentials', () => {
  const transport = 'https://adfs.contoso.com/adfs/services/trust/13/windowstransport'
  const soap = ['-H', 'content-type: application/soap+xml; charset=utf-8'] as const
  const credentials = ['--ntlm', '-u', `CONTOSO\\bob:${bob.password}`] as const

  test('windowstransport is off until an administrator enables it', async () => {
    const { statuses } = await curl(stack, 'corp', [...soap, ...credentials, '-d', '<x/>', transport])
    expect(statuses.at(-1)).toBe(503)
    const { text } = await curl(stack, 'corp', ['https://adfs.contoso.com/adfs/services/trust/mex'])
    expect(text).not.toContain('windowstransport')
  })

  test('enabled, it gives curl --ntlm a token inside, and nothing outside', async () => {
    const scenario = await loadDefaultScenario()
    await using windows = await startStack({
      scenario: { ...scenario, adfs: { ...scenario.adfs, windowsTransportEnabled: true } },
    })
    const body = tokenRequest({ security: ' ' }, windows.clock.now())
    const post = (zone: 'corp' | 'internet', who: readonly string[]) =>
      curl(windows, zone, [...soap, ...who, '--data-binary', body, transport])
    const { statuses, text } = await post('corp', credentials)
    expect(statuses).toEqual([401, 200])
    expect(text).toContain('AuthenticationMethod="urn:federation:authentication:windows"')
    expect(text).toContain(bob.upn)
    expect((await post('corp', ['--ntlm', '-u', 'CONTOSO\\bob:wrong'])).statuses).toEqual([401, 401])
    expect((await post('internet', credentials)).text).not.toContain('Assertion')
    const { text: inside } = await curl(windows, 'corp', ['https://adfs.contoso.com/adfs/services/trust/mex'])
    expect(inside).toContain('http:NegotiateAuthentication')
    const { text: outside } = await curl(windows, 'internet', ['https://adfs.contoso.com/adfs/services/trust/mex'])
    expect(outside).not.toContain('windowstransport')
    expect(outside).toContain('13/usernamemixed')
  })
})

describe('Chromium that is given credentials', () => {
  test('WEB-ONPREM-1…6 internal: to the mailbox without a page of AD FS', async () => {
    const httpCredentials = { username: 'CONTOSO\\bob', password: bob.password }
    const page = await browser.visitor('corp', { userAgent: userAgents.edgeWindows, httpCredentials })
    const answers: string[] = []
    page.on('response', (response) => answers.push(`${response.status()} ${response.url().split('?')[0]}`))
    await page.goto('https://mail.contoso.com/owa')
    await page.waitForURL('https://mail.contoso.com/owa/')
    expect(await page.locator('body').innerText()).toContain(bob.upn)
    expect(answers).toContain('302 https://adfs.contoso.com/adfs/ls/wia')
    expect(answers).not.toContain('200 https://adfs.contoso.com/adfs/ls/wia')
    await page.context().close()
  })

  test('with a wrong password stays outside', async () => {
    const httpCredentials = { username: 'CONTOSO\\bob', password: 'wrong' }
    const page = await browser.visitor('corp', { userAgent: userAgents.edgeWindows, httpCredentials })
    // Chromium shows a page of its own for a 401 without a body.
    await expect(page.goto('https://mail.contoso.com/owa')).rejects.toThrow(/net::ERR_/)
    expect(await reasonsAtWia()).toContain('STATUS_WRONG_PASSWORD')
    await page.context().close()
  })
})
