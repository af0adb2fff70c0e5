import type { BasicParts, Identified, LogonAttempt } from './basic-gate.ts'
import { BasicRefusal } from './basic-refusal.ts'

interface LogonAnswer {
  readonly status?: string
  readonly user?: { readonly objectGuid?: string }
}

/** On-premises the domain controller checks the password, as it does for everybody. */
export async function directoryLogon(
  { context, config }: BasicParts,
  { credentials, request }: LogonAttempt,
): Promise<Identified> {
  if (config.basicLogon.kind !== 'directory') throw new Error('this deployment has no directory')
  const { identity, password } = credentials
  const answer = await ask(context, config.basicLogon.host, { identity, password }, request)
  if (answer.user?.objectGuid !== undefined && answer.status === undefined)
    return { key: 'objectGuid', value: answer.user.objectGuid }
  throw new BasicRefusal('wrongCredentials', `${identity}: the directory says ${answer.status}`)
}

async function ask(
  { http }: BasicParts['context'],
  host: string,
  json: object,
  { id, correlationId }: LogonAttempt['request'],
): Promise<LogonAnswer> {
  try {
    const options = { method: 'POST', json, authenticate: true, parent: id, correlationId } as const
    const answer = await http.send(`https://${host}/logon`, options)
    const body = await answer.json()
    if (answer.status !== 200 && answer.status !== 401) throw new Error(`answered ${answer.status}`)
    return body as LogonAnswer
  } catch (error) {
    throw new BasicRefusal('identityProviderUnreachable', `${host}: ${(error as Error).message}`, { cause: error })
  }
}
