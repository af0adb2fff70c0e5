import { sign } from 'node:crypto'
import { promisify } from 'node:util'
import { deflateRawSync } from 'node:zlib'
import type { MessageField } from './protocol-message.ts'
import { type SignatureAlgorithm, type SigningKey, signatureAlgorithms } from './signing-key.ts'

export interface RedirectSending {
  readonly field: MessageField
  readonly url: string
  readonly relayState?: string | undefined
  readonly key: Pick<SigningKey, 'privateKey'>
  readonly algorithm: SignatureAlgorithm
}

const signOnThreadPool = promisify(sign)

/** The address that carries a message, signed over its query (SAML 2.0 Bindings §3.4.4.1). */
export async function signedRedirect(
  message: string,
  { field, url, relayState, key, algorithm }: RedirectSending,
): Promise<string> {
  const { signature, hash } = signatureAlgorithms[algorithm]
  const covered = [
    [field, deflateRawSync(message).toString('base64')],
    ...(relayState === undefined ? [] : [['RelayState', relayState]]),
    ['SigAlg', signature],
  ]
    .map(([name = '', value = '']) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
  const value = await signOnThreadPool(hash, Buffer.from(covered), key.privateKey)
  const target = `${url}${url.includes('?') ? '&' : '?'}${covered}`
  return `${target}&Signature=${encodeURIComponent(value.toString('base64'))}`
}
