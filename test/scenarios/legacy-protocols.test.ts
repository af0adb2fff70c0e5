import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { requestThrough } from '../actors/request-through.ts'

const open = new AsyncDisposableStack()
let stack: Stack

beforeAll(async () => {
  stack = open.use(await startStack())
})
afterAll(() => open.disposeAsync())

/** The status of the gateway's answer to a tunnel. */
function tunnel(place: string): Promise<number> {
  const { hostname, port } = new URL(stack.proxy('internet'))
  return new Promise((resolve, reject) => {
    const asked = request({ host: hostname, port, method: 'CONNECT', path: place })
    asked.on('connect', (answer, socket) => {
      socket.destroy()
      resolve(answer.statusCode ?? 0)
    })
    asked.on('response', (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    asked.on('error', reject)
    asked.end()
  })
}

test.each(['outlook.office365.com', 'mail.contoso.com'])('ENV-8 %s offers neither IMAP nor POP', async (host) => {
  expect(await tunnel(`${host}:443`)).toBe(200)
  for (const port of [143, 993, 110, 995])
    expect(await tunnel(`${host}:${port}`), String(port)).toBeGreaterThanOrEqual(400)
})

test('ENV-8 AutoDiscover names no such server', async () => {
  for (const protocol of ['Imap', 'Pop3']) {
    const url = `https://outlook.office365.com/autodiscover/autodiscover.json?Email=alice@contoso.com&Protocol=${protocol}`
    const { status, text } = await requestThrough(stack, 'internet', url)
    expect([status, JSON.parse(text).ErrorCode]).toEqual([400, 'ProtocolNotSupported'])
  }
})
