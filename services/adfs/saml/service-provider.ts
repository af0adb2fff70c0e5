import type { Element } from '@xmldom/xmldom'
import { saml20 } from '#shared/saml/names.ts'
import { onlyChild, textOf } from '#shared/saml/read-parts.ts'
import { attributeOf } from '#shared/xml/elements.ts'
import { AdfsError } from '../errors.ts'
import type { Trust, Trusts } from '../trusts.ts'

const qualifiers = ['NameQualifier', 'SPNameQualifier', 'SPProvidedID']

/** Who says that it sent the message; the signature has still to prove it. */
export function issuerOf(message: Element): string {
  const issuer = onlyChild(message, 'Issuer', saml20)
  const forbidden = qualifiers.find((name) => attributeOf(issuer, name) !== undefined)
  if (forbidden) throw new AdfsError('qualifiedIssuer', { reason: `Issuer has the attribute ${forbidden}` })
  return textOf(issuer).trim()
}

/** The trust of a service provider, enabled, that may speak SAML. */
export function serviceProvider(identifier: string, trusts: Trusts): Trust {
  const trust = trusts.byIdentifier(identifier)
  if (!trust || trust.settings.protocolProfile === 'WsFederation') {
    const why = trust ? `"${trust.settings.name}" speaks WS-Federation only` : `no trust has identifier "${identifier}"`
    throw new AdfsError('unknownRelyingParty', { reason: why, values: [identifier] })
  }
  if (trust.settings.enabled) return trust
  const { name } = trust.settings
  throw new AdfsError('disabledRelyingParty', {
    reason: `"${name}" is not enabled`,
    values: [identifier],
    relyingParty: name,
  })
}
