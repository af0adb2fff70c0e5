import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { credentials, get, mailName, type Stage, setStage } from './_stage.ts'

let stage: Stage

beforeEach(async () => {
  stage = await setStage()
})

afterEach(() => stage[Symbol.asyncDispose]())

test('tunnels CONNECT to a deployment, with TLS end to end and the zone and address of the caller', async () => {
  const client = await stage.overTls(await stage.tunnel(`${mailName}:443`))
  expect(await get(client, '/owa')).toContain('mail says /owa')
  expect(stage.sources).toEqual([{ address: '203.0.113.10', port: expect.any(Number), zone: 'internet' }])
})

test('takes the address from the proxy user name', async () => {
  await stage.overTls(await stage.tunnel(`${mailName}:443`, credentials('ip-198.51.100.7:')))
  await stage.overTls(await stage.tunnel(`${mailName}:443`, credentials('ip-2001:db8::7:')))
  expect(stage.sources.map(({ address }) => address)).toEqual(['198.51.100.7', '2001:db8::7'])
})

test('says 10.20.0.10 in the zone corp', async () => {
  await stage.start({ zone: 'corp' })
  await stage.overTls(await stage.tunnel(`${mailName}:443`))
  expect(stage.sources).toEqual([expect.objectContaining({ address: '10.20.0.10', zone: 'corp' })])
})

test.each([
  {
    target: 'www.example.com:443',
    status: 403,
    says: /"www\.example\.com" is not a host name of this stack.*mail\.contoso\.com/s,
  },
  { target: 'mail.contoso.com:25', status: 403, says: /only on ports 443 and 80/ },
  { target: 'mail.contoso.com', status: 400, says: /not a host name and port/ },
  { target: 'down.contoso.com:443', status: 502, says: /down does not accept connections/ },
])('refuses CONNECT $target with $status and says why', async ({ target, status, says }) => {
  const answer = await stage.refusedTunnel(target)
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  expect(answer).toMatch(says)
  expect(stage.sources).toEqual([])
})

test('refuses a proxy user name that is no address with 407', async () => {
  const answer = await stage.refusedTunnel(`${mailName}:443`, credentials('adele:x'))
  expect(answer).toMatch(/^HTTP\/1\.1 407 .*proxy-authenticate: Basic.*ip-198\.51\.100\.7/is)
})

test('redirects port 80 to https, through CONNECT and for an absolute URL', async () => {
  const socket = await stage.tunnel(`${mailName}:80`)
  socket.write(`GET /owa?a=1 HTTP/1.1\r\nhost: ${mailName}\r\nconnection: close\r\n\r\n`)
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 301 .*location: https:\/\/mail\.contoso\.com\/owa\?a=1/is)
  const answer = await stage.ask(`http://Mail.contoso.com/owa?a=1`)
  expect(answer).toMatchObject({ status: 301, headers: { location: 'https://mail.contoso.com/owa?a=1' } })
})

test('forwards an absolute URL to the plain listener where there is one', async () => {
  const plain = await stage.plainDeployment()
  await stage.start({ resolvePlain: (name) => (name === mailName ? plain : undefined) })
  const answer = await stage.ask(`http://${mailName}/x`, {
    headers: { 'proxy-authorization': credentials('ip-198.51.100.7:x') },
  })
  expect(answer.body).toContain(`plain says /x for ${mailName}`)
  expect(JSON.parse(String(answer.headers['x-seen']))).not.toHaveProperty('proxy-authorization')
  expect(stage.sources).toEqual([expect.objectContaining({ address: '198.51.100.7', zone: 'internet' })])
})

test.each([
  { target: 'http://www.example.com/', status: 403 },
  { target: `http://${mailName}:443/`, status: 403 },
  { target: `https://${mailName}/`, status: 403 },
  { target: 'http://127.0.0.1:1/', status: 403 },
  { target: 'nonsense', status: 400 },
])('refuses to fetch $target with $status', async ({ target, status }) => {
  expect((await stage.ask(target)).status).toBe(status)
  expect(stage.sources).toEqual([])
})
