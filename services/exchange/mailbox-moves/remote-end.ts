import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { endOperations, type MoveEnd } from './move-end.ts'

export interface RemoteCredential {
  readonly userName: string
  readonly password: string
}

/** The other end refused for good; whatever else fails is tried again. */
export class RemoteMoveRefusal extends Error {
  override readonly name = 'RemoteMoveRefusal'
}

const path = '/EWS/mrsproxy.svc'

/** The mailboxes behind another place's MRSProxy. */
export function remoteEnd(
  { http }: Pick<DeploymentContext, 'http'>,
  hostName: string,
  credential: RemoteCredential,
): MoveEnd {
  const url = `https://${hostName}${path}`
  const call = async (operation: string, given: readonly unknown[]) => {
    const json = { operation, credential, arguments: given }
    const answer = await http.send(url, { method: 'POST', json, authenticate: true, timeoutMs: 60_000 })
    const text = await answer.text()
    if (answer.status === 200) return (JSON.parse(text) as { result?: unknown }).result ?? undefined
    throw refusalOf(url, answer.status, text)
  }
  const members = endOperations.map((name) => [name, (...given: readonly unknown[]) => call(name, given)])
  return Object.fromEntries(members) as MoveEnd
}

const texts: Readonly<Record<number, string>> = {
  401: 'The HTTP request is unauthorized: the user name or the password of the remote credential is wrong.',
  403: 'Access is denied.',
  404: 'There was no endpoint listening that could accept the message: the MRSProxy service is off.',
}

function refusalOf(url: string, status: number, text: string): Error {
  const detail = texts[status] ?? `The service answered ${status} ${text.slice(0, 200)}`
  const message = `The call to '${url}' failed. Error details: ${detail}`
  return status < 500 ? new RemoteMoveRefusal(message) : new Error(message)
}
