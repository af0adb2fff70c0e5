import type { EncryptElement } from '#shared/saml/encrypt-element.ts'
import { saml20, saml20Protocol } from '#shared/saml/names.ts'
import type { MessageField } from '#shared/saml/protocol-message.ts'
import { type SignableElement, signElement } from '#shared/saml/sign-enveloped.ts'
import { signedRedirect } from '#shared/saml/signed-redirect.ts'
import type { SignatureAlgorithm, SigningKey } from '#shared/saml/signing-key.ts'
import { type Xml, xml, xmlText } from '#shared/xml/markup.ts'
import type { SamlParticipant } from '../sessions/session.ts'
import type { TokenMessage } from '../sign-in/sign-in-request.ts'

interface Header {
  readonly id: string
  readonly issuer: string
  readonly issueInstant: Date
  readonly destination: string
}

const statusPrefix = 'urn:oasis:names:tc:SAML:2.0:status:'
const consent = 'urn:oasis:names:tc:SAML:2.0:consent:unspecified'

interface LogoutRequestView extends Header {
  readonly participant: SamlParticipant
  readonly notOnOrAfter: Date
  /** Puts the NameID into an EncryptedID. */
  readonly encryptName?: EncryptElement | undefined
}

/** In canonical form: attributes in order, prefixes where they are first used. */
export async function logoutRequest(view: LogoutRequestView): Promise<SignableElement> {
  const { participant, encryptName } = view
  const { format, nameQualifier, spNameQualifier } = participant
  const attributes = [
    format !== undefined && xml` Format="${format}"`,
    nameQualifier !== undefined && xml` NameQualifier="${nameQualifier}"`,
    spNameQualifier !== undefined && xml` SPNameQualifier="${spNameQualifier}"`,
  ]
  const plain = xml`<NameID xmlns="${saml20}"${attributes}>${participant.nameId ?? ''}</NameID>`
  const name = encryptName
    ? xml`<EncryptedID xmlns="${saml20}">${await encryptName(xmlText(plain))}</EncryptedID>`
    : plain
  const indexes = participant.sessionIndexes.map((index) => xml`<samlp:SessionIndex>${index}</samlp:SessionIndex>`)
  return (_form, signature) =>
    xml`<samlp:LogoutRequest xmlns:samlp="${saml20Protocol}" Consent="${consent}" Destination="${view.destination}" ID="${view.id}" IssueInstant="${view.issueInstant.toISOString()}" NotOnOrAfter="${view.notOnOrAfter.toISOString()}" Version="2.0">${issuerOf(view)}${signature}${name}${indexes}</samlp:LogoutRequest>`
}

/** `status` are the last parts of the status URIs, the top one first. */
export function logoutResponse(view: Header & { inResponseTo: string; status: readonly string[] }): SignableElement {
  return (_form, signature) =>
    xml`<samlp:LogoutResponse xmlns:samlp="${saml20Protocol}" Consent="${consent}" Destination="${view.destination}" ID="${view.id}" InResponseTo="${view.inResponseTo}" IssueInstant="${view.issueInstant.toISOString()}" Version="2.0">${issuerOf(view)}${signature}<samlp:Status>${statusCodes(view.status)}</samlp:Status></samlp:LogoutResponse>`
}

function issuerOf({ issuer }: Header): Xml {
  return xml`<Issuer xmlns="${saml20}">${issuer}</Issuer>`
}

function statusCodes([status, ...below]: readonly string[]): Xml | undefined {
  if (status === undefined) return undefined
  return xml`<samlp:StatusCode Value="${statusPrefix + status}">${statusCodes(below)}</samlp:StatusCode>`
}

export interface Sending {
  readonly id: string
  readonly field: MessageField
  readonly url: string
  readonly binding: 'Redirect' | 'POST'
  readonly relayState?: string | undefined
  readonly key: SigningKey
  readonly algorithm: SignatureAlgorithm
}

/** Signed as its binding wants it: in the message for POST, over the query for redirects. */
export async function deliver(message: SignableElement, sending: Sending): Promise<TokenMessage> {
  const { field, url, relayState, id, key, algorithm } = sending
  if (sending.binding === 'Redirect') {
    return { kind: 'redirect', location: await signedRedirect(xmlText(message('written', undefined)), sending) }
  }
  const signed = await signElement(message, { id, key, algorithm })
  const fields = {
    [field]: Buffer.from(xmlText(signed('written'))).toString('base64'),
    ...(relayState !== undefined && { RelayState: relayState }),
  }
  return { kind: 'post', action: url, fields }
}
