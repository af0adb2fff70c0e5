import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { connect } from 'node:tls'
import { beforeAll, expect, test } from 'vitest'
import { readServerName } from './client-hello.ts'

let hello: Buffer

beforeAll(async () => {
  hello = await helloOf('Login.MicrosoftOnline.com')
})

test('reads the name from what Node really sends', () => {
  expect(readServerName(hello)).toEqual({ kind: 'name', name: 'login.microsoftonline.com' })
})

test('asks for more at every cut', () => {
  for (let length = 0; length < hello.length; length += 1) {
    expect(readServerName(hello.subarray(0, length))).toEqual({ kind: 'incomplete' })
  }
})

test.each([1, 3, 100])('reads a ClientHello in records of %i bytes (RFC 8446 §5.1)', (size) => {
  const split = inRecords(hello.subarray(5), size)
  expect(readServerName(split)).toEqual({ kind: 'name', name: 'login.microsoftonline.com' })
  expect(readServerName(split.subarray(0, -1))).toEqual({ kind: 'incomplete' })
})

test('finds no name when the client sends none', async () => {
  expect(readServerName(await helloOf(undefined))).toEqual({ kind: 'none' })
  expect(readServerName(helloWith(Buffer.alloc(0)))).toEqual({ kind: 'none' })
})

test.each([
  { name: 'plain HTTP', bytes: Buffer.from('GET / HTTP/1.1\r\n') },
  { name: 'an alert record', bytes: Buffer.from('15030100020228', 'hex') },
  { name: 'a ServerHello', bytes: Buffer.from('160303000402000000', 'hex') },
  { name: 'an empty record', bytes: Buffer.from('1603030000', 'hex') },
  { name: 'SSL 2 in a TLS record', bytes: Buffer.from('1602', 'hex') },
  { name: 'a message over 16 KiB', bytes: Buffer.from('160301000401ffffff', 'hex') },
  { name: 'extensions cut short', bytes: helloWith(Buffer.from('00ff0000', 'hex')) },
  { name: 'a name that is no host name', bytes: helloWith(serverNameExtension('a b/../c')) },
  { name: 'an empty name', bytes: helloWith(serverNameExtension('')) },
])('refuses $name', ({ bytes }) => {
  expect(readServerName(bytes)).toEqual({ kind: 'invalid' })
})

test('tolerates a trailing dot', () => {
  const bytes = helloWith(serverNameExtension('mail.contoso.com.'))
  expect(readServerName(bytes)).toEqual({ kind: 'name', name: 'mail.contoso.com' })
})

/** The first bytes that Node's TLS client writes. */
async function helloOf(servername: string | undefined): Promise<Buffer> {
  const written = Promise.withResolvers<Buffer>()
  const transport = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      written.resolve(chunk)
      done()
    },
  })
  const client = connect({ socket: transport, ...(servername ? { servername } : {}) })
  client.on('error', () => undefined)
  const bytes = await written.promise
  client.destroy()
  await once(client, 'close')
  return bytes
}

function helloWith(extensions: Buffer): Buffer {
  const fixed = Buffer.concat([Buffer.from('0303', 'hex'), Buffer.alloc(32), Buffer.from('00', 'hex')])
  const ciphersAndCompression = Buffer.from('000213010100', 'hex')
  const body = Buffer.concat([fixed, ciphersAndCompression, extensions])
  const head = Buffer.alloc(4)
  head[0] = 1
  head.writeUIntBE(body.length, 1, 3)
  return inRecords(Buffer.concat([head, body]), 4096)
}

function serverNameExtension(name: string): Buffer {
  const text = Buffer.from(name)
  const bytes = Buffer.alloc(11)
  bytes.writeUInt16BE(text.length + 9, 0)
  bytes.writeUInt16BE(text.length + 5, 4)
  bytes.writeUInt16BE(text.length + 3, 6)
  bytes.writeUInt16BE(text.length, 9)
  return Buffer.concat([bytes, text])
}

function inRecords(message: Buffer, size: number): Buffer {
  const records: Buffer[] = []
  for (let offset = 0; offset < message.length; offset += size) {
    const fragment = message.subarray(offset, offset + size)
    const head = Buffer.from('1603010000', 'hex')
    head.writeUInt16BE(fragment.length, 3)
    records.push(head, fragment)
  }
  return Buffer.concat(records)
}
