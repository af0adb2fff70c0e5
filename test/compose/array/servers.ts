import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { JournalEvent } from '#shared/journal.ts'

export async function docker(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)('docker', [...args], { maxBuffer: 2 ** 26 })).stdout.trim()
}

/** One container of a deployment that runs several times. */
export interface ServerContainer {
  readonly name: string
  /** Its mail port on this machine. */
  readonly mail: { readonly host: string; readonly port: number }
}

export async function serversOf(project: string, deployment: string, mailPort: number): Promise<ServerContainer[]> {
  const filters = [`project=${project}`, `service=${deployment}`].flatMap((label) => [
    '--filter',
    `label=com.docker.compose.${label}`,
  ])
  const names = (await docker('ps', ...filters, '--format', '{{.Names}}')).split('\n').filter(Boolean).sort()
  return Promise.all(
    names.map(async (name) => {
      const [host = '', port = ''] = (await docker('port', name, `${mailPort}/tcp`)).split(':')
      return { name, mail: { host, port: Number(port) } }
    }),
  )
}

/** What that server alone has seen. */
export async function journalOf({ name }: ServerContainer): Promise<readonly JournalEvent[]> {
  const script = `fetch('http://127.0.0.1:9000/journal', { headers: { 'fauxchange-management': '1' } })
    .then((answer) => answer.text()).then((text) => process.stdout.write(text))`
  const { events } = JSON.parse(await docker('exec', name, 'node', '-e', script)) as { events: readonly JournalEvent[] }
  return events
}
