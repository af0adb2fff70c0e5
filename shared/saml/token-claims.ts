import { type Xml, type XmlPart, xml } from '#shared/xml/markup.ts'
import { xmlSchema, xmlSchemaInstance } from './names.ts'
import type { Form } from './sign-enveloped.ts'

/** A claim as AD FS's issuance rules leave it. */
export interface TokenClaim {
  readonly type: string
  readonly value: string
  /** `Properties["…/claimproperties/format"]` becomes the format of a name identifier. */
  readonly properties?: Readonly<Record<string, string>>
}

export interface NameIdentifier {
  readonly value: string
  readonly format: string | undefined
  readonly nameQualifier?: string | undefined
  readonly spNameQualifier?: string | undefined
}

export interface SubjectAndAttributes {
  readonly nameIdentifier: NameIdentifier | undefined
  /** Values by claim type, in the order in which the types first appear. */
  readonly attributes: ReadonlyMap<string, readonly string[]>
}

export const nameIdentifierClaim = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier'
const claimProperties = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claimproperties'
export const nameIdentifierFormat = `${claimProperties}/format`

const originalIssuerNamespace = 'http://schemas.xmlsoap.org/ws/2009/09/identity/claims'
// AD FS makes this claim from the connection, not from a store, and types it.
const insideCorporateNetwork = 'http://schemas.microsoft.com/ws/2012/01/insidecorporatenetwork'

/** The nameidentifier claim names the subject and is not repeated as an attribute; other types merge their values. */
export function splitClaims(claims: readonly TokenClaim[]): SubjectAndAttributes {
  const [identifier, another] = claims.filter((claim) => claim.type === nameIdentifierClaim)
  if (another) throw new TypeError('a token can carry only one nameidentifier claim: check the issuance rules')
  const attributes = new Map<string, string[]>()
  for (const { type, value } of claims) {
    if (type !== nameIdentifierClaim) attributes.set(type, [...(attributes.get(type) ?? []), value])
  }
  const nameIdentifier = identifier && {
    value: identifier.value,
    format: identifier.properties?.[nameIdentifierFormat],
    nameQualifier: identifier.properties?.[`${claimProperties}/namequalifier`],
    spNameQualifier: identifier.properties?.[`${claimProperties}/spnamequalifier`],
  }
  return { nameIdentifier, attributes }
}

export interface AttributeMarkup {
  /** Goes before the attributes that have no namespace: canonical XML puts declarations first. */
  readonly declaration: XmlPart
  /** Goes after them. */
  readonly originalIssuer: XmlPart
  readonly valueType: XmlPart
}

export function attributeMarkup(claimType: string, form: Form): AttributeMarkup {
  if (claimType !== insideCorporateNetwork) {
    return { declaration: undefined, originalIssuer: undefined, valueType: undefined }
  }
  return {
    declaration: xml` xmlns:a="${originalIssuerNamespace}"`,
    originalIssuer: xml` a:OriginalIssuer="CLIENT CONTEXT"`,
    valueType: booleanType(form),
  }
}

function booleanType(form: Form): Xml {
  const typePrefix = form === 'written' && xml` xmlns:tn="${xmlSchema}"`
  return xml` xmlns:b="${xmlSchemaInstance}"${typePrefix} b:type="tn:boolean"`
}
