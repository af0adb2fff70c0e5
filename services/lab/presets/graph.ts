import type { Scenario } from '#shared/scenario/world.ts'
import { LabError } from '../errors.ts'
import type { WorldAnswer, WorldClient } from '../world/world-client.ts'

export type GraphMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE'
export type Graph = (method: GraphMethod, path: string, json?: unknown) => Promise<Record<string, unknown>>

const needed = ['Policy.ReadWrite.ConditionalAccess', 'Domain.ReadWrite.All']

/** Microsoft Graph, as a program of the scenario that may change policies calls it. */
export function graphOf(world: WorldClient, scenario: Scenario): Graph {
  return async (method, path, json) => {
    const token = await tokenOf(world, scenario)
    const headers = {
      authorization: `Bearer ${token}`,
      ...(json !== undefined && { 'content-type': 'application/json' }),
    }
    const url = `https://graph.microsoft.com/v1.0${path}`
    const body = json === undefined ? {} : { body: JSON.stringify(json) }
    return read(await world.send({ method, url, headers, ...body }), `${method} ${path}`)
  }
}

async function tokenOf(world: WorldClient, { entra, tenant }: Scenario): Promise<string> {
  const program = entra.applications.find(({ applicationPermissions, secrets }) =>
    needed.every((each) => secrets.length > 0 && applicationPermissions.some((given) => given.endsWith(`/${each}`))),
  )
  const [secret] = program?.secrets ?? []
  if (!program || !secret)
    throw new LabError('conflict', {
      message: `No application of the scenario has a secret and the permissions ${needed.join(' and ')}.`,
    })
  const form = {
    grant_type: 'client_credentials',
    client_id: program.appId,
    client_secret: secret.value,
    scope: 'https://graph.microsoft.com/.default',
  }
  const answer = await world.send({
    method: 'POST',
    url: `https://login.microsoftonline.com/${tenant.id}/oauth2/v2.0/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  })
  return String(read(answer, 'the token request').access_token)
}

function read({ status, body }: WorldAnswer, what: string): Record<string, unknown> {
  const text = body.toString()
  if (status >= 200 && status < 300) return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
  throw new LabError('deploymentFailed', { detail: `${what}: ${status} ${text.slice(0, 300)}` })
}
