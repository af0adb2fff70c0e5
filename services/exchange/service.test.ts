import { expect, test } from 'vitest'
import { openMailboxOf, openStage, testKeys } from './_stage.ts'

const silent = () => ({ status: 503, body: '' })

test.each([
  ['exchange-onprem', 'mail.contoso.com', '200 OK<br/>EX1.CONTOSO.COM'],
  ['exchange-online', 'outlook.office.com', '200 OK<br/>MK0PR01MB0001.MOCKPRD01.PROD.OUTLOOK.COM'],
] as const)('%s answers the load balancer for every protocol', async (name, host, text) => {
  await using stage = await openStage({ name, peers: silent })
  const directories = [
    'owa',
    'ecp',
    'ews',
    'mapi',
    'rpc',
    'oab',
    'Microsoft-Server-ActiveSync',
    'autodiscover',
    'PowerShell',
  ]
  for (const directory of directories) {
    const { statusCode, body } = await stage.browser(host).get(`/${directory}/healthcheck.htm`)
    expect([directory, statusCode, body]).toEqual([directory, 200, text])
  }
})

test('remote PowerShell says that it is a gap, and asks for nobody', async () => {
  await using stage = await openStage({ name: 'exchange-onprem', peers: silent })
  const { statusCode, body, headers } = await stage.browser('mail.contoso.com').post('/PowerShell/', {})
  expect(statusCode).toBe(501)
  expect(body).toMatch(/^Fauxchange does not implement .+\. See services\/exchange\/README\.md\.\n$/)
  expect(headers['www-authenticate']).toBeUndefined()
})

test.each(['/EWS/Exchange.asmx', '/mapi/emsmdb/', '/autodiscover/autodiscover.xml', '/oab/'])(
  '%s asks who calls',
  async (url) => {
    await using stage = await openStage({ name: 'exchange-onprem', peers: silent })
    const { statusCode, body, headers } = await stage.browser('mail.contoso.com').post(url, {})
    expect([statusCode, body, [headers['www-authenticate']].flat()]).toEqual([
      401,
      '',
      ['Negotiate', 'NTLM', 'Basic realm="mail.contoso.com"'],
    ])
  },
)

test('autodiscover.contoso.com has no Outlook on the web', async () => {
  await using stage = await openStage({ name: 'exchange-onprem', peers: silent })
  expect((await stage.browser('autodiscover.contoso.com').get('/owa/')).statusCode).toBe(404)
})

test('on-premises has none of the newer paths', async () => {
  await using stage = await openStage({ name: 'exchange-onprem', peers: silent })
  expect((await stage.browser('mail.contoso.com').get('/mail/')).statusCode).toBe(404)
})

test('a reset brings the mail back as it was', async () => {
  const keys = await testKeys()
  await using stage = await openMailboxOf('alice@contoso.com', await keys.key('Entra'))
  keys.remove()
  const first = /<a href="(\/owa\/\?ItemID=[^"]+)"/.exec((await stage.person.get('/owa/')).body)?.[1] ?? ''
  await stage.person.get(first.replaceAll('&amp;', '&'))
  expect((await stage.person.get('/owa/')).body).toContain('data-testid="unread-count">2<')
  await stage.reset()
  expect((await stage.person.get('/owa/')).statusCode).toBe(302)
})
