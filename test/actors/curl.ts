import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Stack } from '#services/stack.ts'
import type { Zone } from '#shared/stack/deployment.ts'

export interface CurlAnswer {
  /** Status of every answer, in order; the gateway's own are left out. */
  readonly statuses: readonly number[]
  /** All of it, heads and bodies. */
  readonly text: string
}

const run = promisify(execFile)

/** curl as somebody in `zone` runs it: through the gateway, trusting the stack's CA. */
export async function curl(stack: Stack, zone: Zone, args: readonly string[]): Promise<CurlAnswer> {
  const surroundings = ['--proxy', stack.proxy(zone), '--cacert', stack.authority.caFile, '--suppress-connect-headers']
  const { stdout } = await run('curl', ['-s', '-S', '-i', '-b', '', ...surroundings, ...args])
  const statuses = [...stdout.matchAll(/^HTTP\/[\d.]+ (\d{3})/gm)].map(([, status]) => Number(status))
  return { statuses, text: stdout }
}
