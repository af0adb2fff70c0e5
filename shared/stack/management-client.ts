import type { Address } from '../http/client.ts'
import type { AddressBook } from './addresses.ts'
import type { DeploymentContext, ManagementAnswer, ManagementRequest } from './deployment.ts'
import { managementHeader } from './management.ts'

/** What every server of a deployment has for itself; everything else is in the store that they share. */
const ofEachServer = ['/health', '/clock', '/faults', '/journal', '/reset', '/running', '/snapshots/']

/** Calls peers' management ports; an unreachable peer answers as status 0 with the reason. */
export function managementClient(addresses: AddressBook): DeploymentContext['manage'] {
  return async (deployment, path, request = {}) => {
    if (request.server) return call(`http://${request.server}${path}`, request)
    const isOfEach = ofEachServer.some((start) => path.startsWith(start)) && !isRead(path, request)
    const servers = isOfEach ? await addresses.managements(deployment) : []
    if (servers.length > 1) return callEach(servers, path, request)
    const address = addresses.management(deployment)
    if (!address) return { status: 0, json: { error: `${deployment} is not running` } }
    return callInTurn(address, path, request)
  }
}

/** The servers of a deployment, for questions that only one of them can answer. */
export function serverNames(addresses: AddressBook): DeploymentContext['servers'] {
  return async (deployment) => {
    const servers = await addresses.managements(deployment)
    return servers.length === 0 ? [undefined] : servers.map(authorityOf)
  }
}

/** Any server may say what it knows, but all have to be healthy. */
function isRead(path: string, { method = 'GET' }: ManagementRequest): boolean {
  return method === 'GET' && path !== '/health'
}

/** One after the other, so that each finds what the one before has left; the first that fails is the answer. */
async function callEach(servers: readonly Address[], path: string, request: ManagementRequest) {
  let answer: ManagementAnswer | undefined
  for (const server of servers) {
    const given = await call(urlOf(server, path), request)
    if (!answer || answer.status < 300) answer = given
  }
  return answer as ManagementAnswer
}

async function callInTurn(address: Address, path: string, request: ManagementRequest): Promise<ManagementAnswer> {
  const answer = await call(urlOf(address, path), request)
  if (answer.status !== 0 || !address.otherwise) return answer
  return callInTurn(address.otherwise, path, request)
}

function urlOf(address: Address, path: string): string {
  return `http://${authorityOf(address)}${path}`
}

function authorityOf({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
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
