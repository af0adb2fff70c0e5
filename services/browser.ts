import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findBrowser } from './browser-executable.ts'
import { chooseGateway, WrittenWrong } from './gateway-choice.ts'
import { LabClient } from './lab-client.ts'

const usage = `npm run browser [-- --zone internet|corp] [--gateway http://127.0.0.1:8080] [--passkeys USER] [URL …]
Opens a browser with a throw-away profile that goes through a gateway of the running stack and trusts its CA.
The zone chooses between the gateways of the stack: the one that npm start opens on its usual ports, or that of which
--gateway or FAUXCHANGE_GATEWAY names one.
--passkeys USER lets its pages sign with the passkeys on the simulated phone of that person.
`

process.exit(await openBrowser().catch((error: Error) => say(`${error.message}\n`, 1)))

async function openBrowser(): Promise<number> {
  const wish = await readArguments()
  if ('exitCode' in wish) return say(wish.text, wish.exitCode)
  const executable = findBrowser({ platform: process.platform, environment: process.env })
  if (!executable) return say('No Chromium, Chrome or Edge was found. Set CHROME_PATH to one.\n', 1)
  const { gateway } = wish
  const authority = await authorityOf(gateway)
  if (!authority)
    return say(`No stack answers at ${gateway}. Start one with npm start, or name its gateway with --gateway.\n`, 1)
  const profile = await mkdtemp(join(tmpdir(), 'fauxchange-browser-'))
  try {
    say(`${executable}, through ${gateway}, with a profile of its own. It ends when its window is closed.\n`, 0)
    const args = [...browserArguments(gateway, profile, authority), ...wish.urls]
    return await (wish.passkeys === undefined ? run(executable, args) : runWithPasskeys(executable, args, wish))
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

interface Wish {
  readonly gateway: string
  readonly urls: readonly string[]
  /** The user principal name of whose phone they are on. */
  readonly passkeys?: string | undefined
}

async function readArguments(): Promise<Wish | { text: string; exitCode: number }> {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        zone: { type: 'string' },
        gateway: { type: 'string' },
        passkeys: { type: 'string' },
        help: { type: 'boolean' },
      },
    })
    if (values.help) return { text: usage, exitCode: 0 }
    const gateway = await chooseGateway({ ...values, environment: process.env.FAUXCHANGE_GATEWAY })
    const { passkeys } = values
    return { gateway, passkeys, urls: positionals.length > 0 ? positionals.map(absolute) : [`${gateway}/`] }
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException
    const isWrittenWrong = error instanceof WrittenWrong || code?.startsWith('ERR_') === true
    return isWrittenWrong ? { text: `${message}\n\n${usage}`, exitCode: 2 } : { text: `${message}\n`, exitCode: 1 }
  }
}

/** `mail.contoso.com/owa`, as people type it. */
function absolute(address: string): string {
  return /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `https://${address}`
}

async function authorityOf(gateway: string): Promise<X509Certificate | undefined> {
  const answer = await fetch(`${gateway}/ca.pem`).catch(() => undefined)
  const pem = answer?.ok ? await answer.text() : ''
  return pem.startsWith('-----BEGIN CERTIFICATE-----') ? new X509Certificate(pem) : undefined
}

function browserArguments(gateway: string, profile: string, authority: X509Certificate): string[] {
  const spki = authority.publicKey.export({ type: 'spki', format: 'der' })
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

/** Stays until the browser is gone, so that its profile can be removed. */
function run(executable: string, args: readonly string[]): Promise<number> {
  return ended(executable, spawn(executable, args, { stdio: 'ignore' }))
}

/** Each page gets a virtual authenticator, by way of the browser's debugging pipe, which nobody else can reach. */
async function runWithPasskeys(executable: string, args: readonly string[], wish: Wish): Promise<number> {
  const { PipedBrowser, pipeArgument, pipeStreams } = await import('./piped-browser.ts')
  const { attachPasskeys } = await import('./virtual-authenticator.ts')
  const phone = new LabClient(wish.gateway).mfa(wish.passkeys ?? '')
  const held = await phone.passkeys()
  say(`On the phone of ${wish.passkeys}: ${held.length === 1 ? 'one passkey' : `${held.length} passkeys`}.\n`, 0)
  const browser = spawn(executable, [pipeArgument, ...args], { stdio: [...pipeStreams] })
  const exit = ended(executable, browser)
  const prepared = new PipedBrowser(browser).eachPage((page) => attachPasskeys(page, phone))
  prepared.catch((error: Error) => say(`${error.message}\n`, 1))
  return exit
}

function ended(executable: string, browser: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    browser.once('error', (error) => resolve(say(`${executable} cannot be started: ${error.message}\n`, 1)))
    browser.once('exit', (code) => resolve(code ?? 0))
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => browser.kill(signal))
  })
}

function say(text: string, exitCode: number): number {
  process.stdout.write(text)
  return exitCode
}
