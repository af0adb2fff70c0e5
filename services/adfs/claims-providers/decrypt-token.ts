import type { Element } from '@xmldom/xmldom'
import { type DecryptionKey, decryptElement } from '#shared/saml/decrypt-element.ts'
import { saml20, xmldsig } from '#shared/saml/names.ts'
import { readMessage } from '#shared/saml/read-parts.ts'
import { SamlRefusal } from '#shared/saml/saml-refusal.ts'
import type { SignatureTrust } from '#shared/saml/trusted-certificates.ts'
import { readSignedElement } from '#shared/saml/verify-signature.ts'
import { requestedToken } from '#shared/ws-federation/security-token-response.ts'
import { childrenNamed, descendantsNamed } from '#shared/xml/elements.ts'
import { writeElement } from '#shared/xml/write-element.ts'

// Partners that know the metadata encrypt their tokens for the token-decrypting certificates. What comes out is verified
// like any other token: being able to read it proves nothing.

/** The token of a `wresult`, in plain text. */
export async function plainToken(wresult: string, keys: readonly DecryptionKey[]): Promise<string> {
  const token = requestedToken(wresult)
  return writeElement(isEncrypted(token) ? await decryptElement(token, keys) : token)
}

function isEncrypted({ localName }: Element): boolean {
  return localName === 'EncryptedData' || localName === 'EncryptedAssertion'
}

/** A SAML response with its assertion in plain text; its own signature, which covered the other form, is checked here. */
export async function plainResponse(
  xml: string,
  keys: readonly DecryptionKey[],
  trust: SignatureTrust,
): Promise<string> {
  const response = readMessage(xml)
  const [container, another] = descendantsNamed(response, saml20, 'EncryptedAssertion')
  if (!container) return xml
  if (another || container.parentNode !== response) {
    throw new SamlRefusal('malformed', 'the response has not one EncryptedAssertion of its own')
  }
  const [signature] = childrenNamed(response, xmldsig, 'Signature')
  if (signature) {
    readSignedElement(response, { ...trust, idAttribute: 'ID' })
    response.removeChild(signature)
  }
  const assertion = await decryptElement(container, keys)
  response.replaceChild(response.ownerDocument?.importNode(assertion, true) ?? assertion, container)
  return writeElement(response)
}
