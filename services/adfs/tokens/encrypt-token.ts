import { xmlText } from '#shared/xml/markup.ts'
import type { Trust } from '../trusts.ts'

/** The assertion as the relying party takes it: encrypted for its certificate, when the trust has one for that. */
export async function encryptedFor({ encryptionCertificate, settings }: Trust, assertion: string): Promise<string> {
  if (!encryptionCertificate || !settings.encryptClaims) return assertion
  const { elementEncrypter } = await import('#shared/saml/encrypt-element.ts')
  return xmlText(await elementEncrypter(encryptionCertificate)(assertion))
}
