import type { BasicParts, Identified, LogonAttempt } from './basic-gate.ts'
import { BasicRefusal } from './basic-refusal.ts'
import { federatedAssertion } from './federated-assertion.ts'

const easClient = { clientAppType: 'exchangeActiveSync', clientAppUsed: 'Exchange ActiveSync' } as const

/** `clientAppUsed` of the sign-in log, per protocol. */
const clientNames: Readonly<Record<string, string>> = {
  Autodiscover: 'AutoDiscover',
  WebServices: 'Exchange Web Services',
  Smtp: 'Authenticated SMTP',
  OfflineAddressBook: 'Offline Address Book',
  Mapi: 'MAPI Over HTTP',
}

interface Realm {
  readonly account_type?: string
  readonly federation_active_auth_url?: string
  readonly cloud_audience_urn?: string
}

/**
 * Exchange Online: Entra ID checks the passwords of managed domains; for federated ones the password goes to AD FS,
 * and what it issues to Entra ID. Conditional Access decides there, after the password.
 */
export async function entraLogon(parts: BasicParts, attempt: LogonAttempt): Promise<Identified> {
  const { identity, password } = attempt.credentials
  if (!/^[^@\s]+@[^@\s]+$/.test(identity))
    throw new BasicRefusal('wrongCredentials', `"${identity}" is no user principal name`)
  const realm = await realmOf(parts, attempt)
  const proof =
    realm.account_type === 'Federated' && realm.federation_active_auth_url !== undefined
      ? { assertion: await federatedAssertion(parts, attempt, realm.federation_active_auth_url) }
      : { password }
  return signIn(parts, attempt, proof)
}

async function realmOf({ context }: BasicParts, { credentials, request }: LogonAttempt): Promise<Realm> {
  const url = `https://login.microsoftonline.com/common/userrealm/${encodeURIComponent(credentials.identity)}?api-version=1.0`
  return reached(async () => {
    const answer = await context.http.send(url, { parent: request.id, correlationId: request.correlationId })
    if (answer.status !== 200) throw new Error(`user realm answered ${answer.status}`)
    return (await answer.json()) as Realm
  })
}

async function signIn(
  { context, config }: BasicParts,
  { credentials, protocol, request }: LogonAttempt,
  proof: { readonly password: string } | { readonly assertion: string },
): Promise<Identified> {
  const { basicLogon } = config
  if (basicLogon.kind !== 'entra') throw new Error('this deployment does not ask Entra ID')
  const client =
    protocol === 'ActiveSync'
      ? easClient
      : { clientAppType: 'other', clientAppUsed: clientNames[protocol] ?? 'Other clients' }
  const json = {
    userPrincipalName: credentials.identity,
    ...proof,
    ...client,
    resourceId: basicLogon.resourceId,
    address: request.caller.address,
    userAgent: request.headers['user-agent'] ?? '',
  }
  const { id: parent, correlationId } = request
  const { status, body } = await reached(async () => {
    const answer = await context.http.send(basicLogon.url, {
      method: 'POST',
      json,
      authenticate: true,
      parent,
      correlationId,
    })
    if (answer.status !== 200 && answer.status !== 403) throw new Error(`Entra ID answered ${answer.status}`)
    return { status: answer.status, body: (await answer.json()) as { objectId?: string; aadsts?: number } }
  })
  if (status === 200 && body.objectId) return { key: 'entraObjectId', value: body.objectId }
  throw new BasicRefusal('wrongCredentials', `${credentials.identity}: Entra ID refuses with AADSTS${body.aadsts}`)
}

async function reached<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw new BasicRefusal('identityProviderUnreachable', (error as Error).message, { cause: error })
  }
}
