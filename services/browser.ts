import { spawn } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findBrowser } from './browser-executable.ts'

const usage = `npm run browser [-- --zone internet|corp] [--gateway http://127.0.0.1:8080] [URL …]
Opens a browser with a throw-away profile that goes through a gateway of the running stack and trusts its CA.
`

const presets = { internet: 'http://127.0.0.1:8080', corp: 'http://127.0.0.1:8081' } as const

process.exit(await openBrowser())

async function openBrowser(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { zone: { type: 'string', default: 'internet' }, gateway: { type: 'string' }, help: { type: 'boolean' } },
  })
  if (values.help || !(values.zone in presets)) return say(usage, values.help ? 0 : 2)
  const gateway = new URL(values.gateway ?? presets[values.zone as keyof typeof presets]).origin
  const executable = findBrowser({ platform: process.platform, environment: process.env })
  if (!executable) return say('No Chromium, Chrome or Edge was found. Set CHROME_PATH to one.\n', 1)
  const ca = await fetch(`${gateway}/ca.pem`).catch(() => undefined)
  if (!ca?.ok)
    return say(`No stack answers at ${gateway}. Start one with npm start, or name its gateway with --gateway.\n`, 1)
  const profile = await mkdtemp(join(tmpdir(), 'fauxchange-browser-'))
  try {
    const urls = positionals.length > 0 ? positionals : [`${gateway}/`]
    return await run(executable, [...browserArguments(gateway, profile, await ca.text()), ...urls])
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

function browserArguments(gateway: string, profile: string, caPem: string): string[] {
  const spki = new X509Certificate(caPem).publicKey.export({ type: 'spki', format: 'der' })
  return [
    `--user-data-dir=${profile}`,
    `--proxy-server=${gateway}`,
    `--ignore-certificate-errors-spki-list=${createHash('sha256').update(spki).digest('base64')}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-sync',
    '--disable-quic',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ]
}

function run(executable: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const browser = spawn(executable, args, { stdio: 'ignore' })
    browser.once('error', reject)
    browser.once('exit', (code) => resolve(code ?? 0))
  })
}

function say(text: string, exitCode: number): number {
  process.stdout.write(text)
  return exitCode
}
