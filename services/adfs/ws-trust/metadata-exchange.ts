import { type Xml, xml, xmlText } from '#shared/xml/markup.ts'
import { portTypeOf, type TrustCredentials, type TrustEndPoint } from './end-points.ts'
import { addressing, policy, securityUtility, type TrustDialect, trustDialects } from './names.ts'

// The WSDL of the security token service as AD FS lays it out: policies, types, messages, port types, bindings, service.
// Client libraries find the end point by exact names in it: policy → binding → port → wsa10:EndpointReference.

const target = 'http://schemas.microsoft.com/ws/2008/06/identity/securitytokenservice'
const microsoftPolicy = 'http://schemas.microsoft.com/ws/2005/07/securitypolicy'
const httpPolicy = 'http://schemas.microsoft.com/ws/06/2004/policy/http'

const securityPolicies = {
  '2005': 'http://schemas.xmlsoap.org/ws/2005/07/securitypolicy',
  '13': 'http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702',
} as const

const operations = { '2005': 'TrustFeb2005IssueAsync', '13': 'Trust13IssueAsync' } as const

const allDialects: readonly TrustDialect[] = [trustDialects['2005'], trustDialects['13']]

/** The document behind `/adfs/services/trust/mex`; `urlOf` gives the address of an end point. */
export function metadataExchange(
  endPoints: readonly TrustEndPoint[],
  urlOf: (endPoint: TrustEndPoint) => string,
): string {
  const used = allDialects.filter((dialect) => endPoints.some((each) => each.dialect.name === dialect.name))
  const ports = endPoints.map((each) => port(each, urlOf(each)))
  return xmlText(
    xml`<wsdl:definitions name="SecurityTokenService" targetNamespace="${target}" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:wsp="${policy}" xmlns:wsu="${securityUtility}" xmlns:wsa10="${addressing}" xmlns:wsaw="http://www.w3.org/2006/05/addressing/wsdl" xmlns:t="${trustDialects['2005'].namespace}" xmlns:trust13="${trustDialects['13'].namespace}" xmlns:tns="${target}" xmlns:xsd="http://www.w3.org/2001/XMLSchema">${endPoints.map(endPointPolicy)}${types(used)}${used.map(messages)}${used.map(portType)}${endPoints.map(binding)}<wsdl:service name="SecurityTokenService">${ports}</wsdl:service></wsdl:definitions>`,
  )
}

function endPointPolicy(endPoint: TrustEndPoint): Xml {
  const { dialect, credentials, binding: name } = endPoint
  const id = `${name}_policy`
  const negotiate = credentials === 'windows' && xml`<http:NegotiateAuthentication xmlns:http="${httpPolicy}"/>`
  const tokens =
    credentials === 'windows' ? undefined : xml`${supportingTokens(dialect, credentials)}${trustPart(dialect)}`
  return xml`<wsp:Policy wsu:Id="${id}"><wsp:ExactlyOne><wsp:All>${negotiate}${transportBinding(dialect, credentials)}${tokens}<wsaw:UsingAddressing/></wsp:All></wsp:ExactlyOne></wsp:Policy>`
}

function transportBinding({ name }: TrustDialect, credentials: TrustCredentials): Xml {
  // The windows binding of 1.3 is described in the older policy language too: clients look for it there.
  const old = name === '2005' || credentials === 'windows'
  const namespace = securityPolicies[old ? '2005' : '13']
  const shown = String(credentials === 'clientCertificate')
  const token = old ? xml`<sp:HttpsToken RequireClientCertificate="${shown}"/>` : xml`<sp:HttpsToken/>`
  const timestamp = credentials !== 'windows' && xml`<sp:IncludeTimestamp/>`
  return xml`<sp:TransportBinding xmlns:sp="${namespace}"><wsp:Policy><sp:TransportToken><wsp:Policy>${token}</wsp:Policy></sp:TransportToken><sp:AlgorithmSuite><wsp:Policy><sp:Basic256/></wsp:Policy></sp:AlgorithmSuite><sp:Layout><wsp:Policy><sp:Strict/></wsp:Policy></sp:Layout>${timestamp}</wsp:Policy></sp:TransportBinding>`
}

function supportingTokens({ name }: TrustDialect, credentials: TrustCredentials): Xml {
  const namespace = securityPolicies[name]
  if (credentials === 'clientCertificate') return endorsing(name, undefined)
  if (credentials === 'certificate') return xml`${endorsing(name, x509Token(namespace))}`
  const token = xml`<wsp:Policy><sp:UsernameToken sp:IncludeToken="${`${namespace}/IncludeToken/AlwaysToRecipient`}"><wsp:Policy><sp:WssUsernameToken10/></wsp:Policy></sp:UsernameToken></wsp:Policy>`
  const supporting =
    name === '2005'
      ? xml`<sp:SignedSupportingTokens xmlns:sp="${namespace}">${token}</sp:SignedSupportingTokens>`
      : xml`<sp:SignedEncryptedSupportingTokens xmlns:sp="${namespace}">${token}</sp:SignedEncryptedSupportingTokens>`
  return xml`${supporting}${endorsing(name, undefined)}`
}

function x509Token(namespace: string): Xml {
  return xml`<sp:X509Token sp:IncludeToken="${`${namespace}/IncludeToken/AlwaysToRecipient`}"><wsp:Policy><sp:RequireThumbprintReference/><sp:WssX509V3Token10/></wsp:Policy></sp:X509Token>`
}

/** A key of the client's own, which may sign the To header. */
function endorsing(name: '2005' | '13', first: Xml | undefined): Xml {
  const namespace = securityPolicies[name]
  const never = `${namespace}/IncludeToken/Never`
  const key =
    name === '2005'
      ? xml`<mssp:RsaToken xmlns:mssp="${microsoftPolicy}" sp:IncludeToken="${never}" wsp:Optional="true"/>`
      : xml`<sp:KeyValueToken sp:IncludeToken="${never}" wsp:Optional="true"/>`
  return xml`<sp:EndorsingSupportingTokens xmlns:sp="${namespace}"><wsp:Policy>${first}${key}<sp:SignedParts><sp:Header Name="To" Namespace="${addressing}"/></sp:SignedParts></wsp:Policy></sp:EndorsingSupportingTokens>`
}

function trustPart({ name }: TrustDialect): Xml {
  const namespace = securityPolicies[name]
  const demands = xml`<wsp:Policy><sp:MustSupportIssuedTokens/><sp:RequireClientEntropy/><sp:RequireServerEntropy/></wsp:Policy>`
  const trust =
    name === '2005'
      ? xml`<sp:Trust10 xmlns:sp="${namespace}">${demands}</sp:Trust10>`
      : xml`<sp:Trust13 xmlns:sp="${namespace}">${demands}</sp:Trust13>`
  return xml`<sp:Wss11 xmlns:sp="${namespace}"><wsp:Policy/></sp:Wss11>${trust}`
}

function types(dialects: readonly TrustDialect[]): Xml {
  const schemas = dialects.map((dialect) => {
    const response = dialect.name === '2005' ? 'RequestSecurityTokenResponse' : 'RequestSecurityTokenResponseCollection'
    const names = ['RequestSecurityToken', response]
    const elements = names.map((each) => xml`<xsd:element name="${each}" nillable="true" type="xsd:anyType"/>`)
    return xml`<xsd:schema elementFormDefault="qualified" targetNamespace="${dialect.namespace}">${elements}</xsd:schema>`
  })
  return xml`<wsdl:types>${schemas}</wsdl:types>`
}

function messages(dialect: TrustDialect): Xml {
  const prefix = dialect.name === '2005' ? 't' : 'trust13'
  const response = dialect.name === '2005' ? 'RequestSecurityTokenResponse' : 'RequestSecurityTokenResponseCollection'
  const name = `${portTypeOf(dialect)}_${operations[dialect.name]}`
  return xml`<wsdl:message name="${`${name}_InputMessage`}"><wsdl:part name="request" element="${`${prefix}:RequestSecurityToken`}"/></wsdl:message><wsdl:message name="${`${name}_OutputMessage`}"><wsdl:part name="${`${operations[dialect.name]}Result`}" element="${`${prefix}:${response}`}"/></wsdl:message>`
}

function portType(dialect: TrustDialect): Xml {
  const name = portTypeOf(dialect)
  const operation = operations[dialect.name]
  const message = `tns:${name}_${operation}`
  return xml`<wsdl:portType name="${name}"><wsdl:operation name="${operation}"><wsdl:input wsaw:Action="${dialect.requestAction}" message="${`${message}_InputMessage`}"/><wsdl:output wsaw:Action="${dialect.responseAction}" message="${`${message}_OutputMessage`}"/></wsdl:operation></wsdl:portType>`
}

function binding({ dialect, binding: name }: TrustEndPoint): Xml {
  const use = xml`<soap12:body use="literal"/>`
  const operation = xml`<wsdl:operation name="${operations[dialect.name]}"><soap12:operation soapAction="${dialect.requestAction}" style="document"/><wsdl:input>${use}</wsdl:input><wsdl:output>${use}</wsdl:output></wsdl:operation>`
  return xml`<wsdl:binding name="${name}" type="${`tns:${portTypeOf(dialect)}`}"><wsp:PolicyReference URI="${`#${name}_policy`}"/><soap12:binding transport="http://schemas.xmlsoap.org/soap/http"/>${operation}</wsdl:binding>`
}

function port({ binding: name }: TrustEndPoint, url: string): Xml {
  return xml`<wsdl:port name="${name}" binding="${`tns:${name}`}"><soap12:address location="${url}"/><wsa10:EndpointReference><wsa10:Address>${url}</wsa10:Address></wsa10:EndpointReference></wsdl:port>`
}
