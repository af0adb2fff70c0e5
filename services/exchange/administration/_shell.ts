import type { InjectOptions } from 'fastify'
import { SignJWT } from 'jose'
import { metadataOf, openStage, type Stage, testKeys } from '../_stage.ts'

export const tenantId = '6babcaad-604b-40ac-a9d7-9fd97c0b779f'
const host = 'outlook.office365.com'
/** Of directory roles, by template. */
export const exchangeAdministrator = '29232cdf-9323-42fd-ade2-1d097af3e4de'

/** Exchange Online without sockets, and its management shell over REST with whatever token. */
export interface Shell extends AsyncDisposable {
  readonly stage: Stage
  readonly tokenOf: (claims: object) => Promise<string>
  readonly send: (token: string, request: InjectOptions) => Promise<ShellAnswer>
  readonly invoke: (token: string, CmdletName: string, Parameters?: object, headers?: object) => Promise<ShellAnswer>
}

export interface ShellAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

export async function openShell(): Promise<Shell> {
  const open = new AsyncDisposableStack()
  const keys = await testKeys()
  open.defer(() => keys.remove())
  const entra = await keys.key('Entra')
  const metadata = await metadataOf(entra)
  const accept = '{"outcome":"accept","reason":"nothingHappened"}'
  const peers = (url: URL) => ({
    status: 200,
    body: url.pathname.endsWith('/federationmetadata.xml') ? metadata : accept,
  })
  const stage = open.use(await openStage({ name: 'exchange-online', peers }))
  const tokenOf = (claims: object) => {
    const now = Math.floor(stage.clock.now().getTime() / 1000)
    const times = { iat: now, nbf: now, exp: now + 3600 }
    const issued = { aud: `https://${host}`, iss: `https://sts.windows.net/${tenantId}/`, tid: tenantId }
    return new SignJWT({ ...issued, ...times, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: entra.publicJwk.kid ?? '', x5t: entra.x5t })
      .sign(entra.privateKey)
  }
  const send: Shell['send'] = async (token, request) => {
    const headers = { host, authorization: `Bearer ${token}`, ...request.headers }
    const answer = await stage.app.inject({ ...request, headers })
    return { status: answer.statusCode, headers: answer.headers, body: answer.body }
  }
  const url = '/adminapi/beta/contoso.com/InvokeCommand'
  const invoke: Shell['invoke'] = (token, CmdletName, Parameters = {}, headers = {}) =>
    send(token, { method: 'POST', url, headers: { ...headers }, payload: { CmdletInput: { CmdletName, Parameters } } })
  return { stage, tokenOf, send, invoke, [Symbol.asyncDispose]: () => open.disposeAsync() }
}
