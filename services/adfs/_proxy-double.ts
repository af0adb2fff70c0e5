import { X509Certificate } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type Agent, request } from 'undici'
import type { Authority } from '#certs/authority.ts'

/** A proxy that AD FS trusts, as far as AD FS sees one: a certificate, and the headers of [MS-ADFSPIP] §2.2.1. */
export interface ProxyDouble {
  /** Connections that show the certificate; the first one has an administrator register it. */
  readonly agent: () => Promise<Agent>
  readonly headers: Readonly<Record<string, string>>
  /** For a real browser: the port of a listener that passes everything on. */
  readonly listen: () => Promise<number>
}

type OpenAgent = (certificate?: { readonly keyPem: string; readonly certificatePem: string }) => Agent

const administrator = Buffer.from('admin@contoso.com:Admin-Pass7').toString('base64')

const headers = {
  'x-ms-proxy': 'WAP01',
  'x-ms-forwarded-client-ip': '203.0.113.10',
  'x-ms-endpoint-absolute-path': '/adfs/ls/',
}

export function proxyDouble(authority: Authority, openAgent: OpenAgent, cleanUp: AsyncDisposableStack): ProxyDouble {
  let trusted: Promise<Agent> | undefined
  const agent = () => {
    trusted ??= establish(authority, openAgent)
    return trusted
  }
  return {
    agent,
    headers,
    listen: async () => {
      const { keyPem: key, certificatePem: cert } = await authority.leafFor({
        name: 'wap',
        hosts: ['adfs.contoso.com'],
      })
      const server = createServer({ key, cert }, (asked, answer) => {
        agent().then(
          (dispatcher) => passOn(asked, answer, dispatcher),
          () => answer.destroy(),
        )
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      cleanUp.defer(() => {
        server.close()
        server.closeAllConnections()
      })
      return (server.address() as AddressInfo).port
    },
  }
}

async function establish(authority: Authority, openAgent: OpenAgent): Promise<Agent> {
  const own = await authority.clientCertificateFor({ name: 'proxy double', commonName: 'ADFS ProxyTrust - WAP01' })
  const agent = openAgent(own)
  const certificate = new X509Certificate(own.certificatePem).raw.toString('base64')
  const { statusCode, body } = await request('https://adfs.contoso.com/adfs/proxy/EstablishTrust', {
    dispatcher: agent,
    method: 'POST',
    headers: { authorization: `Basic ${administrator}`, 'content-type': 'application/json' },
    body: JSON.stringify({ SerializedTrustCertificate: certificate }),
  })
  await body.text()
  if (statusCode !== 200) throw new Error(`EstablishTrust answered ${statusCode}`)
  return agent
}

async function passOn(asked: IncomingMessage, answer: ServerResponse, dispatcher: Agent): Promise<void> {
  const {
    statusCode,
    headers: answered,
    body,
  } = await request(`https://adfs.contoso.com${asked.url}`, {
    dispatcher,
    method: asked.method as 'GET',
    headers: { ...asked.headers, connection: undefined, ...headers } as unknown as Record<string, string>,
    body: asked.method === 'POST' ? await text(asked) : null,
  })
  const { 'transfer-encoding': _chunked, connection: _connection, ...kept } = answered
  answer.writeHead(statusCode, kept as Record<string, string>)
  answer.end(Buffer.from(await body.arrayBuffer()))
}
