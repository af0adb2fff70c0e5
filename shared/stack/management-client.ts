import type { AddressBook } from './addresses.ts'
import type { DeploymentContext, ManagementAnswer, ManagementRequest } from './deployment.ts'
import { managementHeader } from './management.ts'

/** Calls peers' management ports; an unreachable peer answers as status 0 with the reason. */
export function managementClient(addresses: AddressBook): DeploymentContext['manage'] {
  return async (deployment, path, request = {}) => {
    const address = addresses.management(deployment)
    if (!address) return { status: 0, json: { error: `${deployment} is not running` } }
    return call(`http://${address.host}:${address.port}${path}`, request)
  }
}

async function call(url: string, request: ManagementRequest): Promise<ManagementAnswer> {
  try {
    const response = await fetch(url, {
      method: request.method ?? 'GET',
      headers: {
        [managementHeader]: '1',
        ...(request.json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: request.json === undefined ? null : JSON.stringify(request.json),
      signal: AbortSignal.timeout(request.timeoutMs ?? 15_000),
    })
    const text = await response.text()
    return { status: response.status, json: text === '' ? undefined : JSON.parse(text) }
  } catch (error) {
    return { status: 0, json: { error: error instanceof Error ? error.message : String(error) } }
  }
}
