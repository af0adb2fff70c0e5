import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePorts } from './free-port.ts'
import { StartedProcess } from './started-process.ts'

const run = promisify(execFile)
const protocols = ['imap', 'pop', 'smtp', 'ldap', 'caldav'] as const
type Protocol = (typeof protocols)[number]

export interface DavMail extends AsyncDisposable {
  /** Where it offers each protocol, such as `imap://127.0.0.1:1143`. */
  readonly urls: Readonly<Record<Protocol, string>>
}

interface Place {
  /** The HTTP proxy of a zone. */
  readonly gateway: string
  /** A file with the certificate to trust. */
  readonly ca: string
}

/** Debian's DavMail without a window, with settings such as `davmail.mode`, through the gateway of a zone. */
export async function startDavMail({ gateway, ca }: Place, own: Readonly<Record<string, string>>): Promise<DavMail> {
  const folder = mkdtempSync(join(tmpdir(), 'davmail-'))
  const store = join(folder, 'trust.p12')
  const password = 'changeit'
  const kept = ['-keystore', store, '-storetype', 'PKCS12', '-storepass', password]
  await run('keytool', ['-importcert', '-noprompt', '-alias', 'stack', '-file', ca, ...kept])
  const free = await freePorts(protocols.length)
  const ports = Object.fromEntries(protocols.map((each, index) => [each, free[index] ?? 0]))
  const settings = join(folder, 'davmail.properties')
  writeFileSync(settings, propertiesOf(new URL(gateway), { ...own, ...listeners(ports) }, folder))
  const trust = [`-Djavax.net.ssl.trustStore=${store}`, `-Djavax.net.ssl.trustStorePassword=${password}`]
  const process = new StartedProcess({
    program: 'java',
    args: ['-Djava.awt.headless=true', ...trust, '-jar', '/usr/share/davmail/davmail.jar', '-server', settings],
  })
  await process.printed(/DavMail Gateway .* listening on/)
  const scheme = (each: Protocol) => ({ pop: 'pop3', caldav: 'http' })[each as string] ?? each
  return {
    urls: Object.fromEntries(
      protocols.map((each) => [each, `${scheme(each)}://127.0.0.1:${ports[each]}`]),
    ) as DavMail['urls'],
    [Symbol.asyncDispose]: async () => {
      await process[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true })
    },
  }
}

function listeners(ports: Readonly<Record<string, number>>): Readonly<Record<string, string>> {
  return Object.fromEntries(protocols.map((each) => [`davmail.${each}Port`, String(ports[each])]))
}

function propertiesOf(proxy: URL, own: Readonly<Record<string, string>>, folder: string): string {
  const lines = Object.entries(own).map(([name, value]) => `${name}=${value}`)
  return `davmail.server=true
davmail.enableProxy=true
davmail.useSystemProxies=false
davmail.proxyHost=${proxy.hostname}
davmail.proxyPort=${proxy.port}
davmail.disableUpdateCheck=true
davmail.bindAddress=127.0.0.1
davmail.logFilePath=${folder}/davmail.log
log4j.rootLogger=WARN
log4j.logger.davmail=INFO
${lines.join('\n')}
`
}
