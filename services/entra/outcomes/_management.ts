import { managementHeader } from '#shared/stack/management.ts'
import type { TestAuthority } from '../_authority.ts'

/** Calls the management port of a deployment as the lab does. */
export function managementOf(authority: TestAuthority, deployment: 'entra' | 'directory') {
  return async (method: string, path: string, body?: unknown) => {
    const found = authority.stack.deployments.find(({ plan }) => plan.name === deployment)
    const answer = await fetch(`http://${found?.management.host}:${found?.management.port}${path}`, {
      method,
      headers: { [managementHeader]: '1', ...(body !== undefined && { 'content-type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
    })
    const text = await answer.text()
    return { status: answer.status, json: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> }
  }
}
