import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { endsWithParent } from './ends-with-parent.ts'
import { freePort } from './free-port.ts'

const run = promisify(execFile)

export interface KeyDistributionCenter extends AsyncDisposable {
  readonly realm: string
  /** For programs that are to use this realm and no other. */
  readonly environment: Readonly<Record<string, string>>
  addUser(name: string, password: string): Promise<void>
  /** Adds a service with keys of its own; gives its keytab file. */
  addService(name: string): Promise<string>
  /** Signs in; gives the environment in which the tickets are found. */
  signIn(name: string, password: string): Promise<Readonly<Record<string, string>>>
}

/** MIT's krb5kdc as a process of its own, with a database in a folder that goes with it. */
export async function startKeyDistributionCenter(realm: string): Promise<KeyDistributionCenter> {
  const folder = mkdtempSync(join(tmpdir(), 'kdc-'))
  const port = await freePort()
  const environment = {
    PATH: `${process.env.PATH}:/usr/sbin`,
    KRB5_CONFIG: written(folder, 'krb5.conf', clientConfiguration(realm, port)),
    KRB5_KDC_PROFILE: written(folder, 'kdc.conf', serverConfiguration(realm, port, folder)),
  }
  const execute = (command: string, args: readonly string[]) => run(command, [...args], { env: environment })
  await execute('kdb5_util', ['create', '-s', '-r', realm, '-P', 'master'])
  const [command, line] = endsWithParent('krb5kdc', ['-n'], 'SIGTERM')
  const kdc = spawn(command, line, { env: environment, stdio: 'ignore' })
  const administer = (query: string) => execute('kadmin.local', ['-r', realm, '-q', query])
  let files = 0
  return {
    realm,
    environment,
    addUser: async (name, password) => void (await administer(`addprinc -pw ${password} ${name}`)),
    addService: async (name) => {
      files += 1
      const keytab = join(folder, `${files}.keytab`)
      await administer(`addprinc -randkey ${name}`)
      await administer(`ktadd -k ${keytab} ${name}`)
      return keytab
    },
    signIn: async (name, password) => {
      files += 1
      const own = { ...environment, KRB5CCNAME: `FILE:${join(folder, `${files}.tickets`)}` }
      await signInWith(own, name, password)
      return own
    },
    [Symbol.asyncDispose]: () => stop(kdc, folder),
  }
}

function signInWith(env: Record<string, string>, name: string, password: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const kinit = execFile('kinit', [name], { env }, (error) => (error ? reject(error) : resolve()))
    kinit.stdin?.end(`${password}\n`)
  })
}

async function stop(kdc: ChildProcess, folder: string): Promise<void> {
  const ended = kdc.exitCode === null ? new Promise((resolve) => kdc.once('exit', resolve)) : undefined
  kdc.kill()
  await ended
  rmSync(folder, { recursive: true })
}

function clientConfiguration(realm: string, port: number): string {
  return `[libdefaults]
  default_realm = ${realm}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
[realms]
  ${realm} = { 
    kdc = 127.0.0.1:${port}
  }
[domain_realm]
  .${realm.toLowerCase()} = ${realm}
`
}

function serverConfiguration(realm: string, port: number, folder: string): string {
  return `[kdcdefaults]
  kdc_listen = 127.0.0.1:${port}
  kdc_tcp_listen = 127.0.0.1:${port}
[realms]
  ${realm} = {
    database_name = ${folder}/principal
    key_stash_file = ${folder}/stash
    acl_file = ${folder}/kadm5.acl
  }
[logging]
  kdc = FILE:${folder}/kdc.log
`
}

function written(folder: string, name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}
