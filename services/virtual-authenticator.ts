import type { LabPhone } from './lab-client.ts'

/** A session of the Chrome DevTools Protocol with one page. */
export interface PageSession {
  send(method: string, parameters?: object): Promise<unknown>
  on(event: string, listener: (parameters: unknown) => void): unknown
}

/** The members of WebAuthn.Credential that matter here; binary in base64. */
interface PageCredential {
  readonly credentialId: string
  readonly privateKey: string
  readonly signCount: number
}

const authenticator = {
  protocol: 'ctap2',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
} as const

/** While it lasts, the page signs with the passkeys of the phone; its end waits until the phone knows of all. */
export type PasskeysInPage = AsyncDisposable

/**
 * Gives a page a virtual authenticator with the passkeys on somebody's phone. What the page has made, or has signed
 * with, is on the phone afterwards.
 */
export async function attachPasskeys(session: PageSession, phone: LabPhone): Promise<PasskeysInPage> {
  const told: Promise<void>[] = []
  const tell = (parameters: unknown) => {
    const { credentialId, privateKey, signCount } = (parameters as { credential: PageCredential }).credential
    told.push(phone.keepPasskey({ credentialId: toBase64Url(credentialId), privateKey, signCount }))
    told.at(-1)?.catch(() => undefined)
  }
  session.on('WebAuthn.credentialAdded', tell)
  session.on('WebAuthn.credentialAsserted', tell)
  await session.send('WebAuthn.enable')
  const added = await session.send('WebAuthn.addVirtualAuthenticator', { options: authenticator })
  const { authenticatorId } = added as { authenticatorId: string }
  for (const { credentialId, rpId, userHandle, privateKey, signCount } of await phone.passkeys()) {
    const secrets = { credentialId: toBase64(credentialId), userHandle: toBase64(userHandle), privateKey }
    const credential = { ...secrets, isResidentCredential: true, rpId, signCount }
    await session.send('WebAuthn.addCredential', { authenticatorId, credential })
  }
  return { [Symbol.asyncDispose]: async () => void (await Promise.all(told)) }
}

function toBase64(text: string): string {
  return Buffer.from(text, 'base64url').toString('base64')
}

function toBase64Url(text: string): string {
  return Buffer.from(text, 'base64').toString('base64url')
}
