import type { RelyingPartyTrust } from '../adfs/administration.ts'
import type { Registration } from './applications.ts'
import { snippets } from './snippets.ts'

/** What an application under test is to be told, and code that is right as it stands. */
export interface ReadySettings {
  readonly facts: readonly { readonly name: string; readonly value: string }[]
  /** Shell lines that the snippet reads its settings from. */
  readonly environment: readonly string[]
  readonly snippet: { readonly language: string; readonly code: string } | undefined
  readonly notes: readonly string[]
}

export const kinds = {
  'msal-node': { title: 'MSAL Node', of: 'registration' },
  'msal-python': { title: 'MSAL Python', of: 'registration' },
  'msal-java': { title: 'MSAL4J (Java)', of: 'registration' },
  'msal-net': { title: 'MSAL.NET', of: 'registration' },
  'msal-browser': { title: 'MSAL Browser', of: 'registration' },
  oidc: { title: 'OpenID Connect, any client', of: 'registration' },
  'node-saml': { title: 'SAML, node-saml', of: 'SAML' },
  'spring-saml': { title: 'SAML, Spring Security', of: 'SAML' },
  saml: { title: 'SAML, any service provider', of: 'SAML' },
  'ws-federation': { title: 'WS-Federation, any relying party', of: 'WsFederation' },
  mail: { title: 'Mail client', of: 'nothing' },
} as const

export type Kind = keyof typeof kinds

/** The world that a client is to be pointed at. */
export interface World {
  /** Where the gateway answers. */
  readonly gateway: string
  readonly tenantId: string
  readonly hosts: { readonly adfs: string; readonly mail: string; readonly autodiscover: string }
  readonly certificate: { readonly pem: string; readonly thumbprint: string }
}

type Facts = ReadySettings['facts']

export function registrationSettings(
  kind: Kind,
  world: World,
  registration: Registration,
  secret: string | undefined,
): ReadySettings {
  const authority = `https://login.microsoftonline.com/${world.tenantId}`
  const { web, spa, publicClient } = registration
  const redirectUris = [...web.redirectUris, ...spa.redirectUris, ...publicClient.redirectUris]
  // Vite hands such variables on to scripts in the browser, where a secret has no place.
  const prefix = kind === 'msal-browser' ? 'VITE_' : ''
  const variables = {
    [`${prefix}TENANT_ID`]: world.tenantId,
    [`${prefix}CLIENT_ID`]: registration.appId,
    ...(secret !== undefined && confidential.includes(kind) && { CLIENT_SECRET: secret }),
    ...(redirectUris[0] !== undefined && { REDIRECT_URI: redirectUris[0] }),
  }
  return {
    facts: [
      { name: 'Authority', value: authority },
      { name: 'Issuer of v2.0 tokens', value: `${authority}/v2.0` },
      { name: 'Metadata', value: `${authority}/v2.0/.well-known/openid-configuration` },
      { name: 'Client id', value: registration.appId },
      ...redirectUris.map((value) => ({ name: 'Redirect URI', value })),
    ],
    environment: [...surroundings(world.gateway), ...exported(variables)],
    snippet: snippets[kind],
    notes:
      secret === undefined && confidential.includes(kind) ? ['Set CLIENT_SECRET to the secret that you have.'] : [],
  }
}

const confidential: readonly Kind[] = ['msal-node', 'msal-python', 'msal-java', 'msal-net', 'oidc']

export function trustSettings(kind: Kind, world: World, trust: RelyingPartyTrust): ReadySettings {
  const { adfs } = world.hosts
  const { pem, thumbprint } = world.certificate
  const [identifier = ''] = trust.identifiers
  const metadata = `https://${adfs}/FederationMetadata/2007-06/FederationMetadata.xml`
  const isSaml = kind !== 'ws-federation'
  const facts: Facts = [
    { name: 'Metadata', value: metadata },
    { name: isSaml ? 'Entity ID of the identity provider' : 'Issuer', value: `http://${adfs}/adfs/services/trust` },
    { name: isSaml ? 'Single sign-on and sign-out URL' : 'Passive endpoint', value: `https://${adfs}/adfs/ls/` },
    { name: isSaml ? 'Entity ID of the application' : 'Realm (wtrealm)', value: identifier },
    ...endpointsOf(trust).map((value) => ({ name: isSaml ? 'Assertion consumer' : 'Reply address (wreply)', value })),
    { name: 'Token-signing certificate, SHA-1 thumbprint', value: thumbprint },
    { name: 'Token-signing certificate', value: pem.trim() },
  ]
  const variables = {
    IDP_SSO_URL: `https://${adfs}/adfs/ls/`,
    IDP_ENTITY_ID: `http://${adfs}/adfs/services/trust`,
    IDP_METADATA: metadata,
    IDP_CERTIFICATE: pem.trim(),
    SP_ENTITY_ID: identifier,
    SP_ACS_URL: endpointsOf(trust)[0] ?? '',
  }
  const environment = [...surroundings(world.gateway), ...exported(variables)]
  return { facts, environment, snippet: snippets[kind], notes: [] }
}

function endpointsOf({ samlEndpoints, wsFedEndpoint }: RelyingPartyTrust): readonly string[] {
  const consumers = Array.isArray(samlEndpoints) ? (samlEndpoints as readonly { protocol?: string; uri: string }[]) : []
  const taking = consumers.filter(({ protocol }) => protocol === 'SAMLAssertionConsumer').map(({ uri }) => uri)
  return [...taking, ...(typeof wsFedEndpoint === 'string' ? [wsFedEndpoint] : [])]
}

export function mailSettings({ gateway, hosts }: World): ReadySettings {
  const online = 'outlook.office365.com'
  return {
    facts: [
      { name: 'AutoDiscover', value: `https://${hosts.autodiscover}/autodiscover/autodiscover.xml` },
      { name: 'ActiveSync, on-premises', value: `https://${hosts.mail}/Microsoft-Server-ActiveSync` },
      { name: 'ActiveSync, online', value: `https://${online}/Microsoft-Server-ActiveSync` },
      { name: 'EWS, on-premises', value: `https://${hosts.mail}/EWS/Exchange.asmx` },
      { name: 'EWS, online', value: `https://${online}/EWS/Exchange.asmx` },
      { name: 'Outlook on the web, on-premises', value: `https://${hosts.mail}/owa/` },
      { name: 'Outlook on the web, online', value: 'https://outlook.office.com/owa/' },
    ],
    environment: surroundings(gateway),
    snippet: snippets.mail,
    notes: ['The user name is the address, such as alice@contoso.com.'],
  }
}

function surroundings(gateway: string): readonly string[] {
  return [
    `curl -so fauxchange-ca.pem ${gateway}/ca.pem`,
    `export HTTPS_PROXY=${gateway} NODE_USE_ENV_PROXY=1`,
    'export NODE_EXTRA_CA_CERTS=$PWD/fauxchange-ca.pem SSL_CERT_FILE=$PWD/fauxchange-ca.pem',
    'export REQUESTS_CA_BUNDLE=$PWD/fauxchange-ca.pem CURL_CA_BUNDLE=$PWD/fauxchange-ca.pem',
  ]
}

function exported(variables: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(variables).map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`)
}
