import { request } from 'undici'
import type { AdfsStage } from '../_stage.ts'
import { type TrustDialect, trustDialects } from './names.ts'

export interface TokenRequestView {
  readonly dialect?: TrustDialect
  readonly userName?: string
  readonly password?: string
  readonly appliesTo?: string
  readonly created?: Date
  readonly expires?: Date
  readonly tokenType?: string
  readonly keyType?: string
  readonly requestType?: string
  readonly action?: string
  /** In the place of the Timestamp and the UsernameToken. */
  readonly security?: string
  readonly header?: string
}

export const messageId = 'urn:uuid:5d6b6b6e-7a3a-4c5c-9c0e-000000000001'
const security = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
const utility = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'

/** A RequestSecurityToken as Windows Communication Foundation writes it. */
export function tokenRequest(view: TokenRequestView, now: Date): string {
  const { dialect = trustDialects['13'], created = now } = view
  const expires = view.expires ?? new Date(created.getTime() + 300_000)
  const type = view.tokenType === undefined ? '' : `<t:TokenType>${view.tokenType}</t:TokenType>`
  return `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing" xmlns:u="${utility}">
<s:Header><a:Action s:mustUnderstand="1">${view.action ?? dialect.requestAction}</a:Action><a:MessageID>${messageId}</a:MessageID>
<a:ReplyTo><a:Address>http://www.w3.org/2005/08/addressing/anonymous</a:Address></a:ReplyTo>${view.header ?? ''}
<a:To s:mustUnderstand="1">https://adfs.contoso.com/adfs/services/trust/${dialect.name}/usernamemixed</a:To>
<o:Security s:mustUnderstand="1" xmlns:o="${security}"><u:Timestamp u:Id="_0"><u:Created>${created.toISOString()}</u:Created><u:Expires>${expires.toISOString()}</u:Expires></u:Timestamp>${view.security ?? usernameToken(view)}</o:Security></s:Header>
<s:Body><t:RequestSecurityToken xmlns:t="${dialect.namespace}"><wsp:AppliesTo xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"><a:EndpointReference><a:Address>${view.appliesTo ?? 'urn:federation:MicrosoftOnline'}</a:Address></a:EndpointReference></wsp:AppliesTo>
<t:KeyType>${view.keyType ?? dialect.bearerKeyTypes[0]}</t:KeyType><t:RequestType>${view.requestType ?? dialect.issue}</t:RequestType>${type}</t:RequestSecurityToken></s:Body></s:Envelope>`
}

function usernameToken({ userName = 'alice@contoso.com', password = 'Alice-Pass1' }: TokenRequestView): string {
  return `<o:UsernameToken u:Id="uuid-1"><o:Username>${userName}</o:Username><o:Password Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText">${password}</o:Password></o:UsernameToken>`
}

export interface SoapReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** Sends what a client sends, from inside or as the proxy passes it on. */
export async function sendSoap(
  stage: AdfsStage,
  path: string,
  body?: string,
  { headers = {}, outside = false }: { headers?: Readonly<Record<string, string>>; outside?: boolean } = {},
): Promise<SoapReply> {
  const type = body === undefined ? {} : { 'content-type': 'application/soap+xml; charset=utf-8' }
  const proxy = outside && { ...stage.proxy.headers, 'x-ms-endpoint-absolute-path': `/adfs/services/trust/${path}` }
  const answer = await request(`https://adfs.contoso.com/adfs/services/trust/${path}`, {
    dispatcher: outside ? await stage.proxy.agent() : stage.agent,
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...type, ...proxy, ...headers },
    body: body ?? null,
  })
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() }
}

/** The first assertion of a message, as text. */
export function assertionIn(message: string): string {
  return /<(saml:)?Assertion .*<\/(saml:)?Assertion>/s.exec(message)?.[0] ?? ''
}

/** Subcode and text of a fault. */
export function faultIn(message: string): readonly [string | undefined, string | undefined] {
  const subcode = /<s:Subcode><s:Value[^>]*>([^<]*)</.exec(message)?.[1]
  return [subcode, /<s:Text xml:lang="en-US">([^<]*)</.exec(message)?.[1]]
}
