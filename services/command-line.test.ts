import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommandLine } from './command-line.ts'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fauxchange-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** Runs the program until it has printed `until`, then asks it to stop. */
async function run(args: readonly string[], until = /never/) {
  const stopped = Promise.withResolvers<string>()
  let printed = ''
  let complained = ''
  const { exitCode } = await runCommandLine([...args, '--certs', join(folder, 'certificates')], {
    started: performance.now(),
    print: (text) => {
      printed += text
      if (until.test(printed)) stopped.resolve('SIGTERM')
    },
    complain: (text) => {
      complained += text
    },
    stopped: stopped.promise,
    ready: () => {},
  })
  return { exitCode, printed, complained }
}

test('--help describes every option and starts nothing', async () => {
  const { exitCode, printed } = await run(['--help'])

  expect(exitCode).toBe(0)
  const options = [
    '--scenario',
    '--data',
    '--store',
    '--certs',
    '--bind',
    '--internet-port',
    '--corp-port',
    '--compose',
  ]
  for (const option of options) expect(printed).toContain(option)
})

test.each([
  { args: ['--internet-port', 'eighty'], complaint: /from 0 to 65535/ },
  { args: ['--corp-port', '70000'], complaint: /from 0 to 65535/ },
  { args: ['--store', 'mysql://127.0.0.1/state'], complaint: /PostgreSQL database, postgres:/ },
  { args: ['--store', 'postgres://127.0.0.1/state', '--data', '/nowhere'], complaint: /cannot be used with/ },
  {
    args: ['autodetect', 'wap', '--store', 'postgres://x:hidden@127.0.0.1:1/s'],
    complaint: /127\.0\.0\.1:1 cannot be used/,
    code: 1,
  },
  { args: ['--inetrnet-port', '0'], complaint: /unknown option '--inetrnet-port'/ },
  {
    args: ['afds', 'wap', 'xchange'],
    complaint: /no deployment is called afds, xchange\. There are directory, entra, adfs/,
  },
  { args: ['--bind', '192.0.2.1', 'autodetect'], complaint: /no address 192\.0\.2\.1/, code: 1 },
])('$args is refused; what is written wrong ends with 2', async ({ args, complaint, code = 2 }) => {
  const { exitCode, printed, complained } = await run(args)

  expect(complained).toMatch(complaint)
  expect(complained).not.toContain('hidden')
  expect(exitCode).toBe(code)
  expect(printed).toBe('')
})

test('a process without a gateway says where it listens, and in what time it was ready', async () => {
  const { exitCode, printed, complained } = await run(['autodetect'], /ready in/)

  expect(printed).toMatch(/^ {2}autodetect {2}https:\/\/127\.0\.0\.1:\d+ {2}management http:\/\/127\.0\.0\.1:\d+$/m)
  expect(printed).toMatch(/^Fauxchange: autodetect ready in \d+ ms$/m)
  expect({ exitCode, complained }).toEqual({ exitCode: 0, complained: '' })
})

test('it can be stopped while it waits for its peers', async () => {
  const { exitCode, printed, complained } = await run(['directory'], /Listens at/)

  expect(printed).not.toMatch(/ready/)
  expect({ exitCode, complained }).toEqual({ exitCode: 0, complained: '' })
})

test('a taken port is named, with the option that changes it', async () => {
  const squatter = createServer()
  await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve))
  const { port } = squatter.address() as { port: number }

  const { exitCode, complained } = await run(['gateway-corp', '--corp-port', '0', '--corp-tls-port', String(port)])

  expect(complained).toBe(
    `Fauxchange cannot start: 127.0.0.1:${port} is taken. Choose another with --corp-tls-port; 0 picks a free one.\n`,
  )
  expect(exitCode).toBe(1)
  squatter.close()
})

test('a scenario file with mistakes is reported as a whole, and nothing starts', async () => {
  const file = join(folder, 'broken.yaml')
  await writeFile(file, 'tenant: { id: not-a-guid }\nusers:\n  - userPrincipalName: alice\n')

  const { exitCode, printed, complained } = await run(['--scenario', file])

  expect(exitCode).toBe(2)
  expect(printed).toBe('')
  expect(complained).toContain(`${file}:1`)
  expect(complained).toContain(`${file}:3`)
})

test('a scenario file that is not there is named', async () => {
  const { exitCode, complained } = await run(['--scenario', join(folder, 'nowhere.yaml')])

  expect(exitCode).toBe(2)
  expect(complained).toContain('nowhere.yaml')
})
