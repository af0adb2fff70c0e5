import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Agent, buildConnector } from 'undici'
import { parse } from 'yaml'
import { openAuthority } from '#certs/authority.ts'
import { certificateDomains, topologyOf } from '#services/topology.ts'
import { defaultScenarioFile, loadDefaultScenario } from '#shared/scenario/load.ts'
import { freePort } from '../actors/free-port.ts'
import { StartedProcess } from '../actors/started-process.ts'
import { timeToReady } from './ready-time.ts'

/** How large a tenant is; people are managed and of the cloud, so that Entra ID runs without its peers. */
export interface TenantSize {
  readonly users: number
  readonly policies: number
}

export interface TokenServer extends AsyncDisposable {
  readonly pid: number
  /** Every name of the stack leads straight to Entra ID, on connections that stay open. */
  readonly dispatcher: Agent
}

export const userName = (index: number) => `user${index}@contoso.onmicrosoft.com`
export const userPassword = 'Bench-Pass1'
const nativeApp = 'a0000000-0000-4000-8000-000000000001'

type Plain = Record<string, unknown>

/** The default world with other people and policies, as a scenario file. */
async function scenarioFile(folder: string, { users, policies }: TenantSize): Promise<string> {
  const world = parse(await readFile(defaultScenarioFile, 'utf8')) as { users: Plain[]; entra: Plain }
  const crowd = Array.from({ length: users }, (_, index) => ({
    userPrincipalName: userName(index),
    displayName: `User ${index}`,
    password: userPassword,
    cloudOnly: true,
  }))
  const policy = { policies: Array.from({ length: policies }, (_, index) => policyOf(index)) }
  const scenario = {
    ...world,
    users: [...world.users, ...crowd],
    entra: { ...world.entra, conditionalAccess: policy },
  }
  await mkdir(folder, { recursive: true })
  const file = join(folder, `${users}-${policies}.yaml`)
  // JSON is YAML.
  await writeFile(file, JSON.stringify(scenario))
  return file
}

/** The first applies and is satisfied by a password; the others are for somebody, something or somewhere else. */
function policyOf(index: number): Plain {
  const kinds: readonly Plain[] = [
    { users: { includeGroups: ['Mobile Pilot'] }, applications: { includeApplications: ['All'] } },
    { users: { includeUsers: ['All'] }, applications: { includeApplications: ['Office 365 SharePoint Online'] } },
    {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
      locations: { includeLocations: ['Branch office'] },
    },
    {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
      devices: { deviceFilter: { mode: 'include', rule: 'device.isCompliant -eq True' } },
    },
  ]
  if (index > 0) {
    const conditions = kinds[index % kinds.length]
    return { displayName: `Policy ${index}`, conditions, grantControls: { builtInControls: ['mfa'] } }
  }
  return {
    displayName: 'Everybody signs in again after thirty days',
    conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] } },
    sessionControls: { signInFrequency: { isEnabled: true, value: 30, type: 'days' } },
  }
}

export async function startTenant(folder: string, size: TenantSize, nodeOptions: readonly string[] = []) {
  const port = await freePort()
  const certificates = join(folder, 'certificates')
  const scenario = await scenarioFile(folder, size)
  const args = [...nodeOptions, 'services/main.ts', 'entra', '--https-port', String(port)]
  const start = () => new StartedProcess({ args: [...args, '--scenario', scenario, '--certs', certificates] })
  const url = `https://127.0.0.1:${port}/common/v2.0/.well-known/openid-configuration`
  const { running } = await timeToReady(start, url, 'login.microsoftonline.com')
  const domains = certificateDomains(topologyOf(await loadDefaultScenario()))
  const { caPem } = await openAuthority({ directory: certificates, domains })
  const connect = buildConnector({ ca: caPem })
  const dispatcher = new Agent({
    connections: 16,
    connect: (options, callback) =>
      connect({ ...options, hostname: '127.0.0.1', port: String(port), servername: options.hostname }, callback),
  })
  return {
    pid: running.child.pid ?? 0,
    dispatcher,
    [Symbol.asyncDispose]: async () => {
      await dispatcher.destroy()
      await running.end('SIGTERM')
      await running[Symbol.asyncDispose]()
    },
  } satisfies TokenServer
}

export const benchClients = {
  native: nativeApp,
  daemon: { id: 'a0000000-0000-4000-8000-000000000005', secret: 'sample-daemon-secret' },
} as const
