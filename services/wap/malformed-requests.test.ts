import { once } from 'node:events'
import { connect as connectHttp2, constants, type IncomingHttpHeaders } from 'node:http2'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { application, edgeCookie, startWap, type WapStage } from './_stage.ts'

let stage: WapStage

beforeAll(async () => {
  stage = await startWap({
    change: (scenario) => ({
      ...scenario,
      wap: {
        ...scenario.wap,
        publishedApplications: [
          application({ name: 'open' }),
          application({ name: 'owa', externalPreauthentication: 'ADFS', relyingPartyName: 'Outlook on the web' }),
        ],
      },
    }),
  })
})

afterAll(() => stage[Symbol.asyncDispose]())

beforeEach(() => {
  stage.arrivals.length = 0
})

/** Sends bytes as they are and reads until the proxy hangs up, or has answered as often as it can. */
async function send(bytes: string): Promise<string> {
  const socket = await stage.dial('mail.contoso.com')
  socket.setTimeout(60_000, () => socket.destroy())
  let answer = ''
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString('latin1')
  })
  socket.on('error', () => socket.destroy())
  socket.write(Buffer.from(bytes, 'latin1'))
  if (!socket.destroyed) await once(socket, 'close')
  return answer
}

const host = 'Host: mail.contoso.com'
const smuggled = `GET /open/smuggled HTTP/1.1\r\n${host}\r\n\r\n`

describe('request smuggling and splitting (RFC 9112 §11.2): refused, the connection closed, and told in the journal', () => {
  test.each([
    [
      'CL.TE',
      `POST /open/ HTTP/1.1\r\n${host}\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    [
      'TE.CL',
      `POST /open/ HTTP/1.1\r\n${host}\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n${smuggled}\r\n0\r\n\r\n`,
    ],
    [
      'TE.TE',
      `POST /open/ HTTP/1.1\r\n${host}\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    [
      'a disguised encoding',
      `POST /open/ HTTP/1.1\r\n${host}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    [
      'an encoding before the last',
      `POST /open/ HTTP/1.1\r\n${host}\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['two lengths', `POST /open/ HTTP/1.1\r\n${host}\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n${smuggled}`],
    ['a length that is none', `POST /open/ HTTP/1.1\r\n${host}\r\nContent-Length: +4\r\n\r\nabcd`],
    ['a list of lengths', `POST /open/ HTTP/1.1\r\n${host}\r\nContent-Length: 4, 4\r\n\r\nabcd`],
    ['a space before the colon', `POST /open/ HTTP/1.1\r\n${host}\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n`],
    ['a folded header', `POST /open/ HTTP/1.1\r\n${host}\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`],
    ['a line break alone in a header', `GET /open/ HTTP/1.1\r\n${host}\r\nX-A: b\nX-MS-Proxy: x\r\n\r\n`],
    ['a carriage return alone in a header', `GET /open/ HTTP/1.1\r\n${host}\r\nX-A: b\rX-MS-Proxy: x\r\n\r\n`],
    ['a NUL in a header', `GET /open/ HTTP/1.1\r\n${host}\r\nX-A: b\0c\r\n\r\n`],
    ['two hosts', `GET /open/ HTTP/1.1\r\n${host}\r\nHost: adfs.contoso.com\r\n\r\n`],
    ['no host', 'GET /open/ HTTP/1.1\r\n\r\n'],
    ['a URL as target', `GET https://mail.contoso.com/open/ HTTP/1.1\r\n${host}\r\n\r\n`],
    ['a URL of another host as target', `GET https://adfs.contoso.com/adfs/proxy/ HTTP/1.1\r\n${host}\r\n\r\n`],
    ['an authority as target', `CONNECT mail.contoso.com:443 HTTP/1.1\r\n${host}\r\n\r\n`],
    ['a space in the target', `GET /open/ a HTTP/1.1\r\n${host}\r\n\r\n`],
    ['HTTP/0.9', 'GET /open/\r\n\r\n'],
    ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    [
      'a chunk size that is none',
      `POST /open/ HTTP/1.1\r\n${host}\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nabcde\r\n0\r\n\r\n`,
    ],
    ['too many headers', `GET /open/ HTTP/1.1\r\n${host}\r\n${`X-A: ${'b'.repeat(1000)}\r\n`.repeat(40)}\r\n`],
  ])('%s', async (_name, bytes) => {
    const before = (await stage.journal()).length
    const answer = await send(bytes)
    expect(answer).toMatch(/^(HTTP\/1\.1 (400|404|431) |$)/)
    expect(stage.arrivals.filter(({ url }) => url.includes('smuggled'))).toEqual([])
    expect(stage.arrivals.filter(({ headers }) => headers['x-ms-proxy'] !== undefined)).toEqual([])
    const events = (await stage.journal()).slice(before)
    expect(events.flatMap(({ decisions }) => decisions)).not.toContain('crash')
    if (answer !== '') expect(events.map(({ status }) => status)).toContain(Number(answer.slice(9, 12)))
  })

  test('a header that the client lists under Connection is dropped, what the proxy adds is not', async () => {
    await send(
      `GET /open/x HTTP/1.1\r\n${host}\r\nX-Secret: 1\r\nConnection: close, X-Secret, Fauxchange-Service\r\n\r\n`,
    )
    expect(stage.arrivals[0]?.headers).not.toHaveProperty('x-secret')
    expect(stage.arrivals[0]?.headers).toMatchObject({ 'fauxchange-service': 'wap' })
  })

  test('two requests in one go are two requests, each with its own pre-authentication', async () => {
    const cookie = edgeCookie(`EdgeAccessCookie=forged;`)
    const answer = await send(
      `${smuggled}GET /owa/ HTTP/1.1\r\n${host}\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`,
    )
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 307'])
    expect(stage.arrivals.map(({ url }) => url)).toEqual(['/open/smuggled'])
  })
})

describe('HTTP/2', () => {
  async function ask(headers: Record<string, string | string[]>, body?: string) {
    const socket = await stage.dial('mail.contoso.com', ['h2'])
    expect(socket.alpnProtocol).toBe('h2')
    const session = connectHttp2('https://mail.contoso.com', { createConnection: () => socket as never })
    session.on('error', () => {})
    try {
      const stream = session.request({ ':path': '/open/', ...headers }, { endStream: body === undefined })
      if (body !== undefined) stream.end(body)
      return await new Promise<{ status?: number | undefined; reset?: number; text: string }>((resolve) => {
        let status: number | undefined
        let text = ''
        stream.on('response', (answered: IncomingHttpHeaders) => {
          status = answered[':status' as never] as unknown as number
        })
        stream.on('data', (chunk: Buffer) => {
          text += chunk
        })
        stream.on('end', () => resolve({ status, text }))
        stream.on('error', () => resolve({ reset: stream.rstCode, text }))
      })
    } finally {
      session.destroy()
    }
  }

  test('an ordinary request passes, without its pseudo headers', async () => {
    expect(await ask({ 'x-kept': '1' })).toEqual({ status: 200, text: 'from the back end' })
    expect(stage.arrivals[0]?.headers).toMatchObject({ 'x-kept': '1', host: 'mail.contoso.com' })
  })

  test('an upload arrives whole', async () => {
    expect((await ask({ ':method': 'POST' }, 'x'.repeat(300_000))).status).toBe(200)
    expect(stage.arrivals[0]).toMatchObject({ method: 'POST', bytes: 300_000 })
  })

  test.each(['NTLM', 'Negotiate'])('%s is sent to HTTP/1.1 (HTTP_1_1_REQUIRED)', async (scheme) => {
    const { reset } = await ask({ authorization: `${scheme} TlRMTVNTUAABAAAA` })
    expect(reset).toBe(constants.NGHTTP2_HTTP_1_1_REQUIRED)
    expect(stage.arrivals).toEqual([])
    expect((await stage.journal()).at(-1)?.decisions).toContain('http11Required')
  })

  test.each([
    ['a host that is not the authority', { host: 'adfs.contoso.com' }],
    ['a length that is not the length', { ':method': 'POST', 'content-length': '44' }],
    ['the authority of another service', { ':authority': 'adfs.contoso.com', ':path': '/adfs/proxy/GetConfiguration' }],
    ['a path with a URL in it', { ':path': 'https://adfs.contoso.com/adfs/proxy/' }],
    ['a path that climbs', { ':path': '/open/../owa/' }],
    ['a path without a slash', { ':path': 'open/' }],
  ])('%s leads nowhere', async (_name, headers) => {
    const { status, reset } = await ask(headers, ':method' in headers ? 'abc' : undefined)
    expect(status === undefined ? [constants.NGHTTP2_PROTOCOL_ERROR] : [400, 404]).toContain(status ?? reset)
    expect(stage.arrivals).toEqual([])
  })
})

describe('tokens and cookies that are not for this', () => {
  const ask = async (path: string, cookie = '') =>
    send(`GET ${path} HTTP/1.1\r\n${host}\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`)
  const now = () => stage.stack.clock.seconds()

  test.each([
    ['another key under the same name', () => stage.authToken({}, 'somebody else')],
    ['another audience', () => stage.authToken({ aud: 'urn:other' })],
    ['another application', () => stage.authToken({ relyingpartytrustid: crypto.randomUUID() })],
    ['an issue long ago', () => stage.authToken({ iat: now() - 600 })],
    ['an expiry', () => stage.authToken({ iat: now() - 60, exp: now() - 50 })],
    ['an issue in the future', () => stage.authToken({ iat: now() + 3600, exp: now() + 7200 })],
    [
      'no signature',
      async () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await stage.authToken()).split('.')[1]}.`,
    ],
    [
      'a use before',
      async () => {
        const token = await stage.authToken()
        await ask(`/owa/?authToken=${token}`)
        return token
      },
    ],
  ])('an authToken with %s: sign in again, and the journal says why', async (_name, make) => {
    const answer = await ask(`/owa/?authToken=${await make()}`)
    expect(answer).toMatch(/^HTTP\/1\.1 307 /)
    expect(answer).not.toContain('EdgeAccessCookie')
    expect((await stage.journal()).at(-1)?.reasons.join()).toMatch(/authToken refused: .+/)
  })

  test.each([
    ['what AD FS issued instead', () => stage.authToken()],
    ['garbage', async () => 'eyJ.a.b'],
    ['two, the first forged', async () => `x; EdgeAccessCookie=${await accessCookie()}`],
    ['another name that looks alike', async () => `; EdgeAccessCookie2=${await accessCookie()}`],
  ])('an edge cookie that is %s opens nothing', async (_name, make) => {
    expect(await ask('/owa/', `EdgeAccessCookie=${await make()}`)).toMatch(/^HTTP\/1\.1 307 /)
    expect(stage.arrivals).toEqual([])
    expect((await stage.journal()).at(-1)?.decisions).toContain('redirectToAdfs')
  })

  async function accessCookie(): Promise<string> {
    const answer = await ask(`/owa/?authToken=${await stage.authToken()}`)
    return /EdgeAccessCookie=([^;]+)/.exec(answer)?.[1] ?? ''
  }
})
