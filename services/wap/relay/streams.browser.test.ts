import { createHash } from 'node:crypto'
import { connect as connectHttp2 } from 'node:http2'
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { ProxyAgent, request, WebSocket } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium } from '#test/actors/browser.ts'
import { eventually } from '#test/actors/eventually.ts'
import { application, startWap, type WapStage } from '../_stage.ts'

const mebibyte = 1024 * 1024
const chunk = Buffer.alloc(64 * 1024, 'x')
let stage: WapStage
let agent: ProxyAgent
const held: (() => void)[] = []
const ended: string[] = []

function addToBackend(app: FastifyInstance): void {
  app.get('/large/download', (_request, reply) => {
    reply.header('content-length', 100 * mebibyte)
    return reply.send(Readable.from(chunks(100 * mebibyte)))
  })
  app.get('/ping/held', async (asked, reply) => {
    asked.raw.socket.once('close', () => ended.push('ping'))
    await new Promise<void>((resolve) => held.push(resolve))
    return reply.send('changed')
  })
  app.get('/short/held', () => new Promise(() => {}))
  app.get('/pass/reset', async (asked, reply) => {
    asked.raw.socket.destroy()
    return reply.hijack()
  })
  app.get('/pass/garbage', async (asked, reply) => {
    reply.hijack()
    asked.raw.socket.end('this is no HTTP\r\n\r\n')
  })
  app.get('/pass/busy', (_request, reply) => reply.code(503).header('retry-after', '30').send('busy'))
  app.server.on('upgrade', (asked, socket) => {
    if (asked.url !== '/pass/socket') return void socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno')
    const accept = createHash('sha1')
      .update(`${asked.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    socket.on('data', (frame: Buffer) => socket.write(echoed(frame)))
    socket.on('error', () => socket.destroy())
  })
}

async function* chunks(bytes: number): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk
}

/** RFC 6455 §5.2 for one short frame: unmasked, with the same content. */
function echoed(frame: Buffer): Buffer {
  const length = (frame[1] ?? 0) & 0x7f
  const mask = frame.subarray(2, 6)
  const content = frame.subarray(6, 6 + length).map((byte, index) => byte ^ (mask[index % 4] ?? 0))
  return Buffer.concat([Buffer.from([frame[0] ?? 0, length]), content])
}

beforeAll(async () => {
  const names = ['pass', 'large', 'short'].map((name) => application({ name }))
  const ping = application({ name: 'ping', inactiveTransactionsTimeoutSec: 28_800 })
  const ecp = { externalPreauthentication: 'ADFS', relyingPartyName: 'Outlook on the web' } as const
  stage = await startWap({
    addToBackend,
    change: (scenario) => ({
      ...scenario,
      wap: { ...scenario.wap, publishedApplications: [...names, ping, application({ name: 'owa', ...ecp })] },
    }),
  })
  agent = new ProxyAgent({
    uri: stage.stack.proxy('internet'),
    requestTls: { ca: stage.stack.authority.caPem },
    bodyTimeout: 0,
    headersTimeout: 0,
  })
})

afterAll(async () => {
  for (const release of held) release()
  await agent.destroy()
  await stage[Symbol.asyncDispose]()
})

/** The most that resident memory grew by while `work` ran. */
async function growthOf(work: () => Promise<unknown>): Promise<number> {
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  let most = before
  const look = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 5)
  await work()
  clearInterval(look)
  return (most - before) / mebibyte
}

async function drain(body: AsyncIterable<Buffer>): Promise<number> {
  let bytes = 0
  for await (const part of body) bytes += part.length
  return bytes
}

describe('100 MB pass with flat memory', () => {
  const download = async () =>
    drain((await request('https://mail.contoso.com/large/download', { dispatcher: agent })).body)
  const upload = async () => {
    const options = {
      dispatcher: agent,
      method: 'POST' as const,
      headers: { 'content-type': 'application/octet-stream' },
    }
    const body = Readable.from(chunks(100 * mebibyte))
    await (await request('https://mail.contoso.com/large/upload', { ...options, body })).body.dump()
    return stage.arrivals.at(-1)?.bytes
  }
  const downloadByHttp2 = async () => {
    const socket = await stage.dial('mail.contoso.com', ['h2'])
    const session = connectHttp2('https://mail.contoso.com', { createConnection: () => socket as never })
    try {
      return await drain(session.request({ ':path': '/large/download' }))
    } finally {
      session.destroy()
    }
  }

  test.each([
    ['down', download],
    ['up', upload],
    ['down over HTTP/2', downloadByHttp2],
  ])('%s', async (_way, transfer) => {
    // Once before, so that what is counted is this transfer and not the first use of the code.
    await transfer()
    let bytes: number | undefined
    const growth = await growthOf(async () => {
      bytes = await transfer()
    })
    expect(bytes).toBe(100 * mebibyte)
    // Client, proxy and back end share this process, and what the collector leaves lying is theirs together.
    expect(growth).toBeLessThan(60)
  })
})

describe('long polls', () => {
  test("an ActiveSync Ping is held for 59 minutes of the stack's clock", async () => {
    const answer = request('https://mail.contoso.com/ping/held', { dispatcher: agent })
    await eventually(() => expect(held.length).toBe(1))
    for (let minute = 0; minute < 59; minute += 1) await stage.stack.clock.advance(60_000)
    held.shift()?.()
    const { statusCode, body } = await answer
    expect([statusCode, await body.text()]).toEqual([200, 'changed'])
    await stage.stack.clock.restart()
  })

  test('a client that hangs up ends the request to the back end, and the journal says so', async () => {
    ended.length = 0
    const giveUp = new AbortController()
    const answer = request('https://mail.contoso.com/ping/held', { dispatcher: agent, signal: giveUp.signal })
    await eventually(() => expect(held.length).toBe(1))
    giveUp.abort()
    await expect(answer).rejects.toThrow()
    await eventually(() => expect(ended).toContain('ping'))
    await eventually(async () => expect((await stage.journal()).at(-1)?.decisions).toContain('clientGone'))
    held.shift()
  })

  test('an answer that does not begin within InactiveTransactionsTimeoutSec is 504', async () => {
    const answer = request('https://mail.contoso.com/short/held', { dispatcher: agent })
    await eventually(async () => expect((await stage.journal()).length).toBeGreaterThan(0))
    await new Promise((resolve) => setImmediate(resolve))
    let status: number | undefined
    void answer.then(({ statusCode }) => {
      status = statusCode
    })
    await eventually(async () => {
      await stage.stack.clock.advance(60_000)
      expect(status).toBe(504)
    })
    expect((await stage.journal()).at(-1)).toMatchObject({
      reasons: expect.arrayContaining(['nothing moved for 300 s']),
    })
    await stage.stack.clock.restart()
  })
})

describe('a back end that', () => {
  test.each([
    { does: 'hangs up', path: 'reset', status: 502 },
    { does: 'speaks no HTTP', path: 'garbage', status: 502 },
    { does: 'says it is busy', path: 'busy', status: 503 },
  ])('$does: $status', async ({ path, status }) => {
    const answer = await request(`https://mail.contoso.com/pass/${path}`, { dispatcher: agent })
    await answer.body.dump()
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['retry-after']).toBe(path === 'busy' ? '30' : undefined)
  })
})

describe('WebSocket', () => {
  test('passes, byte for byte', async () => {
    const socket = new WebSocket('wss://mail.contoso.com/pass/socket', { dispatcher: agent as never })
    const answer = await new Promise((resolve, reject) => {
      socket.addEventListener('open', () => socket.send('hello'))
      socket.addEventListener('message', ({ data }) => resolve(data))
      socket.addEventListener('error', reject)
    })
    socket.close()
    expect(answer).toBe('hello')
    expect((await stage.journal()).find(({ path }) => path === '/pass/socket')).toMatchObject({ status: 101 })
  })

  test.each([
    { path: '/pass/other', status: 403, why: 'the back end refuses' },
    { path: '/owa/', status: 307, why: 'pre-authentication comes first' },
    { path: '/nothing/', status: 404, why: 'it is not published' },
  ])('$path answers $status: $why', async ({ path, status }) => {
    const socket = await stage.dial('mail.contoso.com')
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13'
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: mail.contoso.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\n\r\n`,
    )
    const answer = await new Promise<string>((resolve) =>
      socket.once('data', (bytes: Buffer) => resolve(bytes.toString())),
    )
    socket.destroy()
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  })
})

test('Chromium speaks HTTP/2 with the proxy', async () => {
  const browser = await launchChromium([`--proxy-server=${stage.stack.proxy('internet')}`])
  try {
    const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage()
    await page.goto('https://mail.contoso.com/pass/page')
    const protocol = await page.evaluate(
      () =>
        (performance.getEntriesByType('navigation' as never)[0] as unknown as { nextHopProtocol: string })
          .nextHopProtocol,
    )
    expect(protocol).toBe('h2')
  } finally {
    await browser.close()
  }
})
