import type { RelyingPartyTrust } from '../adfs/administration.ts'
import type { Registration } from './applications.ts'
import { type Kind, kinds } from './kinds.ts'
import { fillIn, isFilledIn } from './snippets/snippet.ts'
import { snippets } from './snippets/snippets.ts'

/** What an application under test is to be told, and code that is right as it stands. */
export interface ReadySettings {
  readonly facts: readonly { readonly name: string; readonly value: string }[]
  /** Shell lines that the snippet reads its settings from, where it can. */
  readonly environment: readonly string[]
  readonly snippet: { readonly language: string; readonly code: string; readonly isFilledIn: boolean } | undefined
  readonly notes: readonly string[]
}

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
  const prefix = ['msal-browser', 'msal-react'].includes(kind) ? 'VITE_' : ''
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
    snippet: snippetOf(kind, { ...placesOf(world), ...variables }),
    notes: [
      ...(secret === undefined && confidential.includes(kind)
        ? ['Set CLIENT_SECRET to the secret that you have.']
        : []),
      ...(snippets[kind]?.notes ?? []),
    ],
  }
}

const confidential: readonly Kind[] = [
  ...(['msal-node', 'msal-python', 'msal-java', 'msal-net', 'msal-go'] as const),
  ...(['oidc', 'auth-js', 'spring-oauth', 'identity-web', 'oauth2-proxy', 'mod-auth-openidc'] as const),
]

function snippetOf(kind: Kind, values: Readonly<Record<string, string>>): ReadySettings['snippet'] {
  const snippet = snippets[kind]
  return (
    snippet && {
      language: snippet.language,
      code: fillIn(snippet.code, values),
      isFilledIn: isFilledIn(snippet),
    }
  )
}

function placesOf({ gateway, hosts }: World): Readonly<Record<string, string>> {
  const { hostname, port, host } = new URL(gateway)
  return {
    GATEWAY: host,
    GATEWAY_URL: gateway,
    GATEWAY_HOST: hostname,
    GATEWAY_PORT: port || '80',
    MAIL_HOST: hosts.mail,
  }
}

export function trustSettings(kind: Kind, world: World, trust: RelyingPartyTrust): ReadySettings {
  const { adfs } = world.hosts
  const { pem, thumbprint } = world.certificate
  const [identifier = ''] = trust.identifiers
  const metadata = `https://${adfs}/FederationMetadata/2007-06/FederationMetadata.xml`
  const isSaml = kinds[kind].of === 'SAML'
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
    IDP_THUMBPRINT: thumbprint,
    SP_ENTITY_ID: identifier,
    SP_ACS_URL: endpointsOf(trust)[0] ?? '',
  }
  const places = { ...placesOf(world), ...variables, IDP_CERTIFICATE_DATA: pem.replaceAll(/-----[^-]+-----|\s/g, '') }
  return {
    facts,
    environment: [...surroundings(world.gateway), ...exported(variables)],
    snippet: snippetOf(kind, places),
    notes: snippets[kind]?.notes ?? [],
  }
}

/** Where an application takes tokens. */
export function endpointsOf({ samlEndpoints, wsFedEndpoint }: RelyingPartyTrust): readonly string[] {
  const consumers = Array.isArray(samlEndpoints) ? (samlEndpoints as readonly { protocol?: string; uri: string }[]) : []
  const taking = consumers.filter(({ protocol }) => protocol === 'SAMLAssertionConsumer').map(({ uri }) => uri)
  return [...taking, ...(typeof wsFedEndpoint === 'string' ? [wsFedEndpoint] : [])]
}

export function mailSettings(kind: Kind, world: World): ReadySettings {
  const { gateway, hosts } = world
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
    snippet: snippetOf(kind, placesOf(world)),
    notes: ['The user name is the address, such as alice@contoso.com.', ...(snippets[kind]?.notes ?? [])],
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
