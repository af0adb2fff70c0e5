import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { createServer } from 'node:https'
import { text } from 'node:stream/consumers'
import { openAuthority } from '#certs/authority.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const keys = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'floor', use: 'sig' }] })
const names = [
  'aud',
  'iss',
  'azp',
  'azpacr',
  'oid',
  'sub',
  'tid',
  'ver',
  'rh',
  'uti',
  'xms_ftd',
  'idtyp',
  'appid',
  'aio',
]

/** The least that a token and a set of keys can cost on Node over TLS: no framework, no store, one signature. */
export async function serveFloor(port: number, certificates: string): Promise<void> {
  const authority = await openAuthority({ directory: certificates, domains: [] })
  const { keyPem, certificatePem } = await authority.leafFor({ name: 'quick-start', hosts: ['localhost'] })
  const server = createServer({ key: keyPem, cert: certificatePem }, async (request, response) => {
    const body = request.method === 'POST' ? await issued(new URLSearchParams(await text(request))) : keys
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body)
  })
  server.listen(port, '127.0.0.1')
}

async function issued(form: URLSearchParams): Promise<string> {
  const claims = Object.fromEntries(names.map((name) => [name, `${form.get('client_id')}-${randomUUID()}`]))
  const head = `${encoded({ typ: 'JWT', alg: 'RS256', kid: 'floor' })}.${encoded({ ...claims, exp: 3599 })}`
  const signature = await new Promise<Buffer>((resolve, reject) =>
    sign('sha256', Buffer.from(head), privateKey, (error, value) => (error ? reject(error) : resolve(value))),
  )
  const token = `${head}.${signature.toString('base64url')}`
  return JSON.stringify({ token_type: 'Bearer', expires_in: 3599, access_token: token })
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
