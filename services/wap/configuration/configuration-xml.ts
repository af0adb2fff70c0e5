import type { Element } from '@xmldom/xmldom'
import { childElements } from '#shared/xml/elements.ts'
import { escapeAttribute } from '#shared/xml/escape.ts'
import type { Application, GlobalSettings, StoredConfiguration } from './configuration.ts'

type Field<Item> = readonly [
  field: keyof Item & string,
  attribute: string,
  kind: 'text' | 'number' | 'flag' | 'inverted',
]

/** The attributes of `GlobalConfig` that mean something here. */
const globalFields: readonly Field<GlobalSettings>[] = [
  ['realm', 'ADFSWebApplicationProxyRelyingPartyUri', 'text'],
  ['accessCookieKey', 'AccessCookieEncryptionKey', 'text'],
  ['tokenAcceptanceSeconds', 'AccessTokenAcceptanceDurationSec', 'number'],
  ['authorizationUrl', 'OAuthAuthenticationURL', 'text'],
  ['signInUrl', 'StsUrl', 'text'],
  ['signOutUrl', 'StsSignOutURL', 'text'],
  ['proxyName', 'ConnectedServersName', 'text'],
  ['userIdleTimeoutSec', 'UserIdleTimeoutSec', 'number'],
  ['userIdleTimeoutAction', 'UserIdleTimeoutAction', 'text'],
]

/** The attributes of an `EndpointConfig` of type PublishedWebApplication. */
const applicationFields: readonly Field<Application>[] = [
  ['name', 'AppName', 'text'],
  ['relyingPartyId', 'ADFSRelyingPartyID', 'text'],
  ['relyingPartyName', 'ADFSRelyingPartyName', 'text'],
  ['externalUrl', 'FrontendUrl', 'text'],
  ['backendServerUrl', 'BackendUrl', 'text'],
  ['externalPreauthentication', 'ExternalPreauthentication', 'text'],
  ['backendServerAuthenticationMode', 'BackendAuthNMode', 'text'],
  ['backendServerCertificateValidation', 'BackendCertValidationMode', 'text'],
  ['useOAuthAuthentication', 'UseOAuthAuthentication', 'flag'],
  ['enableSignOut', 'EnableSignOut', 'flag'],
  ['enableHttpRedirect', 'EnableHttpRedirect', 'flag'],
  ['disableHttpOnlyCookieProtection', 'DisableHttpOnlyCookieProtection', 'flag'],
  ['disableTranslateUrlInRequestHeaders', 'TranslateUrlInRequestHeaders', 'inverted'],
  ['disableTranslateUrlInResponseHeaders', 'TranslateUrlInResponseHeaders', 'inverted'],
  ['inactiveTransactionsTimeoutSec', 'InactiveTransactionsTimeoutSec', 'number'],
  ['persistentAccessCookieExpirationTimeSec', 'PersistentAccessCookieExpirationTimeSec', 'number'],
]

/** The value of the store's entry before Base64: the XML that the product's proxies read. */
export function writeConfiguration({ global, applications }: StoredConfiguration): string {
  const one = `<GlobalConfig SchemaVersion="Windows2014" AccessCookieEncryption="true"${attributesOf(global, globalFields)}/>`
  const each = applications.map(
    (application) =>
      `<EndpointConfig ApplicationType="PublishedWebApplication"${attributesOf(application, applicationFields)}/>`,
  )
  return `<Configuration>${one}${each.join('')}</Configuration>`
}

/** @throws XmlRefusal when it is not XML, Error when it is no configuration. */
export async function readConfiguration(text: string): Promise<StoredConfiguration> {
  const { parseXml, rootOf } = await import('#shared/xml/parse-xml.ts')
  const elements = childElements(rootOf(parseXml(text)))
  const global = elements.find((element) => element.localName === 'GlobalConfig')
  if (!global) throw new Error('the configuration has no GlobalConfig')
  return {
    global: fieldsOf(global, globalFields),
    applications: elements
      .filter((element) => element.getAttribute('ApplicationType') === 'PublishedWebApplication')
      .map((element) => fieldsOf(element, applicationFields)),
  }
}

function attributesOf<Item extends object>(item: Item, fields: readonly Field<Item>[]): string {
  const written = fields.map(([field, attribute, kind]) => {
    const value = item[field]
    if (value === undefined) return ''
    return ` ${attribute}="${escapeAttribute(String(kind === 'inverted' ? !value : value))}"`
  })
  return written.join('')
}

function fieldsOf<Item>(element: Element, fields: readonly Field<Item>[]): Item {
  const entries = fields.flatMap(([field, attribute, kind]) => {
    const text = element.getAttribute(attribute)
    return text === null ? [] : [[field, fieldValue(text, kind)] as const]
  })
  return Object.fromEntries(entries) as Item
}

function fieldValue(text: string, kind: Field<unknown>[2]): unknown {
  if (kind === 'number') return Number(text)
  if (kind === 'text') return text
  return (text.toLowerCase() === 'true') !== (kind === 'inverted')
}
