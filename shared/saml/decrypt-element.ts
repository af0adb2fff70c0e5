import type { KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { Element } from '@xmldom/xmldom'
import { decrypt } from 'xml-encryption'
import { writeElement } from '#shared/xml/write-element.ts'
import { readMessage } from './read-parts.ts'
import { SamlRefusal } from './saml-refusal.ts'

const decryptWithLibrary = promisify(decrypt)

/** A key for which somebody may have encrypted. */
export interface DecryptionKey {
  readonly privateKey: KeyObject
}

/**
 * What EncryptedID, EncryptedAssertion or a bare EncryptedData holds (XML Encryption §4), by whichever key opens it.
 * @throws SamlRefusal `encrypted` when none does: why not is not told, so that nobody can ask bit by bit.
 */
export async function decryptElement(encrypted: Element, keys: readonly DecryptionKey[]): Promise<Element> {
  const text = writeElement(encrypted)
  for (const { privateKey } of keys) {
    const opened = await openWith(text, privateKey)
    if (opened !== undefined) return readMessage(opened)
  }
  throw new SamlRefusal('encrypted', `${encrypted.localName} cannot be decrypted`)
}

async function openWith(text: string, privateKey: KeyObject): Promise<string | undefined> {
  const options = {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    // The library calls CBC insecure; it is what AD FS and its partners encrypt with, under a signature.
    disallowDecryptionWithInsecureAlgorithm: false,
    warnInsecureAlgorithm: false,
  }
  try {
    return await decryptWithLibrary(text, options)
  } catch {
    return undefined
  }
}
