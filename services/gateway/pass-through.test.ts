import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { get, type Stage, setStage } from './_stage.ts'

let stage: Stage

beforeEach(async () => {
  stage = await setStage()
})

afterEach(() => stage[Symbol.asyncDispose]())

test('passes TLS through by server name, also when the ClientHello arrives in pieces', async () => {
  const whole = await stage.overTls(await stage.dial(stage.gateway.tlsPort))
  expect(await get(whole, '/whole')).toContain('mail says /whole')
  const pieces = await stage.overTls(await slicedDial(stage.gateway.tlsPort))
  expect(await get(pieces, '/pieces')).toContain('mail says /pieces')
  expect(stage.sources.map(({ zone }) => zone)).toEqual(['internet', 'internet'])
})

test.each(['www.example.com', undefined])('answers an alert to a ClientHello for %s', async (servername) => {
  const socket = await stage.dial(stage.gateway.tlsPort)
  const client = connectTls({ socket, ...(servername ? { servername } : {}), rejectUnauthorized: false })
  const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException]
  expect(error.code).toBe('ERR_SSL_TLSV1_UNRECOGNIZED_NAME')
})

test('hangs up on what is not TLS', async () => {
  const socket = await stage.dial(stage.gateway.tlsPort)
  socket.write('GET / HTTP/1.1\r\n\r\n')
  expect(await text(socket).catch(() => '')).toBe('')
})

/** A connection to the pass-through port whose every write leaves as many small segments. */
async function slicedDial(port: number): Promise<Socket> {
  const socket = await stage.dial(port)
  const slicer = createServer((plain) => {
    plain.on('data', async (chunk: Buffer) => {
      plain.pause()
      for (let at = 0; at < chunk.length; at += 100) {
        await new Promise((resolve) => socket.write(chunk.subarray(at, at + 100), resolve))
      }
      plain.resume()
    })
    socket.pipe(plain)
  })
  return stage.dial((await stage.listen(slicer)).port)
}
