import { createServer } from 'node:https'
import { flushCompileCache } from 'node:module'
import Provider from 'oidc-provider'
import { openAuthority } from '#certs/authority.ts'

/** The peer: oidc-provider as its README starts it, its own sign-in pages included, over HTTPS. */
export async function serveQuickStart(port: number, certificates: string): Promise<void> {
  const provider = new Provider(`https://localhost:${port}`, {
    clients: [
      {
        client_id: 'foo',
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        redirect_uris: ['http://localhost/'],
      },
    ],
  })
  const authority = await openAuthority({ directory: certificates, domains: [] })
  const { keyPem, certificatePem } = await authority.leafFor({ name: 'quick-start', hosts: ['localhost'] })
  createServer({ key: keyPem, cert: certificatePem }, provider.callback()).listen(port, '127.0.0.1', () =>
    flushCompileCache(),
  )
}
