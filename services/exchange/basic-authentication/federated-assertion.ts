import type { BasicParts, LogonAttempt } from './basic-gate.ts'
import { BasicRefusal } from './basic-refusal.ts'

const microsoftOnline = 'urn:federation:MicrosoftOnline'
const names = {
  soap: 'http://www.w3.org/2003/05/soap-envelope',
  addressing: 'http://www.w3.org/2005/08/addressing',
  trust: 'http://schemas.xmlsoap.org/ws/2005/02/trust',
  policy: 'http://schemas.xmlsoap.org/ws/2004/09/policy',
  utility: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd',
  security: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd',
  noProofKey: 'http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey',
}

/** `x-ms-client-application`, by which claim rules of AD FS tell protocols apart ("Client access policies"). */
const applications: Readonly<Record<string, string>> = { Smtp: 'SMTP', Rpc: 'RPC' }

const validMinutes = 5

/**
 * The SAML 1.1 assertion that AD FS issues for name and password at its usernamemixed end point (WS-Trust 2005).
 * @throws BasicRefusal when AD FS refuses, or does not answer.
 */
export async function federatedAssertion(parts: BasicParts, attempt: LogonAttempt, url: string): Promise<string> {
  const { status, text } = await send(parts, attempt, url)
  if (status === 200) return assertionIn(text)
  const fault = /<(?:\w+:)?Text[^>]*>([^<]{1,300})</.exec(text)?.[1] ?? 'no text'
  throw new BasicRefusal('wrongCredentials', `${attempt.credentials.identity}: AD FS answered ${status}: ${fault}`)
}

async function send({ context }: BasicParts, attempt: LogonAttempt, url: string) {
  const { request, protocol } = attempt
  const address = request.caller.address
  const headers = {
    'content-type': 'application/soap+xml; charset=utf-8',
    'x-ms-client-application': `Microsoft.Exchange.${applications[protocol] ?? protocol}`,
    'x-ms-client-user-agent': String(request.headers['user-agent'] ?? '').slice(0, 300),
    'x-ms-client-ip': address,
    'x-ms-forwarded-client-ip': address,
  }
  try {
    const body = await tokenRequest(attempt, url, context.clock.now(), context.random.uuid())
    const options = { method: 'POST', headers, body, parent: request.id, correlationId: request.correlationId } as const
    const answer = await context.http.send(url, options)
    return { status: answer.status, text: await answer.text() }
  } catch (error) {
    throw new BasicRefusal('identityProviderUnreachable', `${url}: ${(error as Error).message}`, { cause: error })
  }
}

async function tokenRequest({ credentials }: LogonAttempt, url: string, now: Date, id: string): Promise<string> {
  const { xml, xmlText } = await import('#shared/xml/markup.ts')
  const expires = new Date(now.getTime() + validMinutes * 60_000)
  const timestamp = xml`<u:Timestamp u:Id="_0"><u:Created>${now.toISOString()}</u:Created><u:Expires>${expires.toISOString()}</u:Expires></u:Timestamp>`
  const token = xml`<o:UsernameToken u:Id="${`uuid-${id}`}"><o:Username>${credentials.identity}</o:Username><o:Password>${credentials.password}</o:Password></o:UsernameToken>`
  const security = xml`<o:Security s:mustUnderstand="1" xmlns:o="${names.security}">${timestamp}${token}</o:Security>`
  const header = xml`<a:Action s:mustUnderstand="1">http://schemas.xmlsoap.org/ws/2005/02/trust/RST/Issue</a:Action><a:MessageID>${`urn:uuid:${id}`}</a:MessageID><a:ReplyTo><a:Address>http://www.w3.org/2005/08/addressing/anonymous</a:Address></a:ReplyTo><a:To s:mustUnderstand="1">${url}</a:To>${security}`
  const appliesTo = xml`<wsp:AppliesTo xmlns:wsp="${names.policy}"><a:EndpointReference><a:Address>${microsoftOnline}</a:Address></a:EndpointReference></wsp:AppliesTo>`
  const wanted = xml`<t:KeyType>${names.noProofKey}</t:KeyType><t:RequestType>http://schemas.xmlsoap.org/ws/2005/02/trust/Issue</t:RequestType><t:TokenType>urn:oasis:names:tc:SAML:1.0:assertion</t:TokenType>`
  const body = xml`<t:RequestSecurityToken xmlns:t="${names.trust}">${appliesTo}${wanted}</t:RequestSecurityToken>`
  return xmlText(
    xml`<s:Envelope xmlns:s="${names.soap}" xmlns:a="${names.addressing}" xmlns:u="${names.utility}"><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`,
  )
}

async function assertionIn(envelope: string): Promise<string> {
  const [{ descendantElements, isNamed }, { parseXml, rootOf }, { writeElement }, response] = await Promise.all([
    import('#shared/xml/elements.ts'),
    import('#shared/xml/parse-xml.ts'),
    import('#shared/xml/write-element.ts'),
    import('#shared/ws-federation/security-token-response.ts'),
  ])
  const found = descendantElements(rootOf(parseXml(envelope))).find((element) =>
    isNamed(element, names.trust, 'RequestSecurityTokenResponse'),
  )
  if (!found) throw new BasicRefusal('identityProviderUnreachable', 'AD FS answered without a token')
  return response.readRequestSecurityTokenResponse(writeElement(found)).assertionXml
}
