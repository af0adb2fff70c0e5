import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

/** Variables for Node.js, Python, curl, .NET and Go, Java, git, Perl, Deno, wget: the way through a gateway, and trust in its CA. */
export interface ClientEnvironment {
  readonly variables: Readonly<Record<string, string>>
  /** What could not be set, and why. */
  readonly missing: readonly string[]
}

const direct = 'localhost,127.0.0.1,::1'
const storePassword = 'changeit'

/**
 * @param gateway where a gateway answers, such as `http://127.0.0.1:8080`
 * @throws Error when none does
 */
export async function clientEnvironment(gateway: string): Promise<ClientEnvironment> {
  const { origin, hostname, port } = new URL(gateway)
  const caFile = keep(await authorityOf(origin))
  const store = javaTrustStore(caFile)
  const wgetrc = wgetSettings(caFile)
  const variables = {
    HTTP_PROXY: origin,
    HTTPS_PROXY: origin,
    http_proxy: origin,
    https_proxy: origin,
    NO_PROXY: direct,
    no_proxy: direct,
    NODE_USE_ENV_PROXY: '1',
    NODE_EXTRA_CA_CERTS: caFile,
    SSL_CERT_FILE: caFile,
    REQUESTS_CA_BUNDLE: caFile,
    CURL_CA_BUNDLE: caFile,
    GIT_SSL_CAINFO: caFile,
    PERL_LWP_ENV_PROXY: '1',
    PERL_LWP_SSL_CA_FILE: caFile,
    DENO_CERT: caFile,
    ...(wgetrc === undefined ? {} : { WGETRC: wgetrc }),
    FAUXCHANGE_GATEWAY: origin,
    FAUXCHANGE_CA: caFile,
  }
  const missing = wgetrc === undefined ? [`WGETRC: your .wgetrc has to say ca_certificate = ${caFile}`] : []
  if (!store)
    return { variables, missing: [...missing, 'JAVA_TOOL_OPTIONS: no keytool was found to make a trust store'] }
  const options = [
    ...['http', 'https'].flatMap((scheme) => [`-D${scheme}.proxyHost=${hostname}`, `-D${scheme}.proxyPort=${port}`]),
    `-Djavax.net.ssl.trustStore=${store}`,
    `-Djavax.net.ssl.trustStorePassword=${storePassword}`,
  ]
  return { variables: { ...variables, JAVA_TOOL_OPTIONS: options.join(' ') }, missing }
}

async function authorityOf(gateway: string): Promise<string> {
  const answer = await fetch(`${gateway}/ca.pem`).catch(() => undefined)
  const pem = answer?.ok ? await answer.text() : ''
  if (pem.startsWith('-----BEGIN CERTIFICATE-----')) return pem
  throw new Error(`No stack answers at ${gateway}. Start one with "fauxchange up", or name its gateway with --gateway.`)
}

/** In a folder of its own name, so that it stays right while several stacks run. */
function keep(pem: string): string {
  const name = createHash('sha256').update(pem).digest('hex').slice(0, 16)
  const folder = join(tmpdir(), `fauxchange-ca-${name}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'ca.pem')
  writeFileSync(`${file}.${process.pid}`, pem)
  renameSync(`${file}.${process.pid}`, file)
  return file
}

/** wget hears of a CA by its settings alone; those that somebody has stay. */
function wgetSettings(caFile: string): string | undefined {
  if (existsSync(join(homedir(), '.wgetrc'))) return undefined
  const file = caFile.replace(/ca\.pem$/, 'wgetrc')
  writeFileSync(file, `ca_certificate = ${caFile}\n`)
  return file
}

function javaTrustStore(caFile: string): string | undefined {
  const store = caFile.replace(/pem$/, 'p12')
  if (existsSync(store)) return store
  const draft = `${store}.${process.pid}`
  const args = ['-importcert', '-noprompt', '-alias', 'fauxchange', '-file', caFile, '-keystore', draft]
  const made = spawnSync('keytool', [...args, '-storetype', 'PKCS12', '-storepass', storePassword], { stdio: 'ignore' })
  if (made.status !== 0) return undefined
  renameSync(draft, store)
  return store
}
