import { execFile, spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { findBrowser } from '#services/browser-executable.ts'
import { packagedChromium } from '../actors/packaged-chromium.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const project = mkdtempSync(join(tmpdir(), 'fauxchange-project-'))
const run = promisify(execFile)
const program = join(project, 'node_modules/.bin/fauxchange')
const freePorts = ['internet', 'internet-tls', 'corp', 'corp-tls', 'online-smtp', 'onprem-smtp'].flatMap((name) => [
  `--${name}-port`,
  '0',
])

beforeAll(async () => {
  await run(process.execPath, [join(root, 'services/publish.ts')], { cwd: root })
  const packed = await run('npm', ['pack', join(root, '.package'), '--pack-destination', project, '--silent'])
  writeFileSync(join(project, 'package.json'), '{"private":true,"type":"module"}')
  const archive = join(project, packed.stdout.trim())
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts']
  const clients = ['@azure/msal-node', '@node-saml/node-saml', '@playwright/test', 'nodemailer', 'vitest'].map(
    (name) => `${name}@${versionOf(name)}`,
  )
  await run('npm', ['install', ...quiet, archive, ...clients, 'jest@30', 'mocha@12'], { cwd: project })
  cpSync(join(root, 'test/package/project'), project, { recursive: true })
})

// Much to remove: done synchronously, the runner would not hear of this process for a minute.
afterAll(() => rm(project, { recursive: true, force: true }))

/** Of the package that this project tests with itself. */
function versionOf(name: string): string {
  const manifest = readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}

/** Plain Node: nothing that makes TypeScript run is left switched on. */
const plain = { cwd: project, env: { ...process.env, NODE_OPTIONS: '--no-strip-types' } }

test('a program in plain JavaScript starts a stack, uses it and ends it', async () => {
  const { stdout } = await run(process.execPath, ['--no-strip-types', 'use.js'], plain)
  expectUsed(stdout)
})

function expectUsed(stdout: string): void {
  const seen = JSON.parse(stdout) as Record<string, unknown>
  expect(seen).toMatchObject({
    ca: true,
    page: 302,
    hop: { host: 'outlook.office.com', status: 302, steps: ['WEB-ONLINE-1'] },
    refusal: 404,
    afterReset: [0, 0],
    world: true,
    ended: true,
  })
  expect(seen.code).toMatch(/^\d{6}$/)
  expect(seen.ahead).toBeGreaterThan(3_590_000)
}

/** Another Node, first in the path. */
async function otherNode(version: string) {
  const folder = join(project, `node-${version}`)
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', `node@${version}`], { cwd: folder })
  const programs = join(folder, 'node_modules/node/bin')
  const { NODE_OPTIONS: _, ...environment } = process.env
  const env = { ...environment, PATH: `${programs}:${process.env.PATH}` }
  return { executable: join(programs, 'node'), plain: { cwd: project, env } }
}

test.each([{ version: '22.16.0' }, { version: '26' }])('Node $version runs it, too', async ({ version }) => {
  const { executable, plain: other } = await otherNode(version)
  expectUsed((await run(executable, ['use.js'], other)).stdout)
  expect((await run(executable, ['use.cjs'], other)).stdout).toMatch(/^\d{6}$/)
  const { stdout } = await run(program, ['run', '--up', '--', 'node', '-p', 'process.version'], other)
  expect(stdout).toMatch(new RegExp(`^v${version}`))
  const tests = await run(executable, ['--test', 'examples/token.node-test.js'], other)
  expect(tests.stdout).toMatch(/pass 2\n/)
})

test.each([{ version: '18' }, { version: '20' }])('Node $version is told what it needs', async ({ version }) => {
  const { executable, plain: other } = await otherNode(version)
  const needs = `needs Node 22\\.16 or later, and this is Node ${version}\\..*npm install --save-dev node@24`
  const refusal = expect.stringMatching(new RegExp(needs))
  await expect(run(executable, ['use.js'], other)).rejects.toMatchObject({ code: 1, stderr: refusal })
  await expect(run(executable, ['use.cjs'], other)).rejects.toMatchObject({ code: 1, stderr: refusal })
  await expect(run(program, ['up'], other)).rejects.toMatchObject({ code: 1, stderr: refusal, stdout: '' })
})

test('a require() that loads no ECMAScript is told what does', async () => {
  const refused = run(process.execPath, ['--no-experimental-require-module', 'use.cjs'], plain)
  await expect(refused).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('use import or import()') })
})

test.each([
  { resolution: ['--module', 'nodenext'], file: 'types.ts' },
  { resolution: ['--module', 'node16'], file: 'types.ts' },
  { resolution: ['--module', 'esnext', '--moduleResolution', 'bundler'], file: 'types.ts' },
  { resolution: ['--module', 'nodenext'], file: 'types.cts' },
  // Playwright's own types speak of pages.
  { resolution: ['--module', 'nodenext', '--lib', 'es2024,esnext.disposable,dom'], file: 'fixtures.ts' },
])(
  'its types are right, for a compiler that checks libraries too: $file, $resolution',
  async ({ resolution, file }) => {
    const types = 'node_modules/@types/node'
    if (!existsSync(join(project, types))) {
      mkdirSync(join(project, 'node_modules/@types'), { recursive: true })
      symlinkSync(join(root, types), join(project, types))
    }
    const flags = [
      '--noEmit',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--target',
      'es2024',
      '--lib',
      'es2024,esnext.disposable',
      '--types',
      'node',
    ]
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const judged = run(process.execPath, [compiler, ...flags, ...resolution, file], plain)
    await expect(judged).resolves.toMatchObject({ stdout: '' })
  },
)

test('no source and no test is in it, and nothing names a file that is not', () => {
  const home = join(project, 'node_modules/fauxchange')
  const files = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter(
    (each) => !each.includes('node_modules'),
  )
  expect(files.filter((file) => /(?<!\.d)\.ts$|\.test\.|\/_/.test(file))).toEqual([])
  const modules = files.filter((file) => /\.(js|d\.ts)$/.test(file) && !file.includes('/pages/'))
  expect(modules.length).toBeGreaterThan(1000)
  const naming = /["'][.#][^"'\s]*(?<!\.d)\.ts["']/
  expect(modules.filter((file) => naming.test(readFileSync(join(home, file), 'utf8')))).toEqual([])
})

test('fauxchange run --up: a command in the world of a stack of its own', async () => {
  const asked = "fetch('https://login.microsoftonline.com/common/discovery/keys').then((r) => console.log(r.status))"
  const { stdout } = await run(program, ['run', '--up', '--', process.execPath, '-e', asked], plain)
  expect(stdout).toBe('200\n')
  const failing = run(program, ['run', '--up', '--', process.execPath, '-e', 'process.exit(3)'], plain)
  await expect(failing).rejects.toMatchObject({ code: 3 })
})

test('fauxchange up, and the lab by command', async () => {
  const up = spawn(program, ['up', ...freePorts], { ...plain, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const gateway = await new Promise<string>((resolve) => {
      let text = ''
      up.stdout.on('data', (chunk: Buffer) => {
        text += String(chunk)
        const lab = /is ready .* Lab: (http:\/\/[\d.:]+)/.exec(text)?.[1]
        if (lab) resolve(lab)
      })
    })
    const steer = async (...args: string[]) =>
      JSON.parse((await run(program, [...args, '--gateway', gateway], plain)).stdout) as Record<string, unknown>
    expect(await steer('clock', 'change', '--advance', 'PT1H', '--freeze', 'true')).toMatchObject({ frozen: true })
    expect(await steer('mfa', 'bob@contoso.com')).toMatchObject({ totp: { code: expect.stringMatching(/^\d{6}$/) } })
    await expect(steer('mfa', 'approve', 'bob@contoso.com')).rejects.toMatchObject({ code: 1 })
    expect(await steer('reset')).toMatchObject({ status: 'reset' })
    const { stdout } = await run(program, ['env', '--gateway', gateway], plain)
    expect(stdout).toContain(`export HTTPS_PROXY='${gateway}'`)
  } finally {
    up.kill('SIGTERM')
    await new Promise((resolve) => up.once('exit', resolve))
  }
})

test('the examples: mail, ActiveSync, MSAL', async () => {
  const mail = await run(process.execPath, ['examples/mail.js'], plain)
  expect(JSON.parse(mail.stdout)).toEqual({ subject: 'Order 7', from: 'shop@elsewhere.example' })
  const inWorld = (file: string) => run(program, ['run', '--up', '--', process.execPath, file], plain)
  expect(JSON.parse((await inWorld('examples/activesync.js')).stdout)).toMatchObject({
    options: 200,
    versions: expect.stringContaining('16.1'),
    folders: 200,
    // FolderSync, Status 1
    answer: expect.stringMatching(/^03016a000007564c03310001/),
  })
  const msal = await inWorld('examples/msal.js')
  expect(JSON.parse(msal.stdout)).toEqual({ page: 200, asks: true, refused: 'invalid_grant' })
})

/** Milliseconds: the runners have bounds of two to thirty seconds of their own, which a busy machine does not keep. */
const patience = '600000'

test('the examples: a contract test by Vitest, a second factor by the runner of Playwright', async () => {
  const runner = join(project, 'node_modules/.bin')
  const vitest = ['run', 'examples/contract.spec.ts', `--testTimeout=${patience}`, `--hookTimeout=${patience}`]
  const contract = await run(join(runner, 'vitest'), vitest, { cwd: project })
  expect(contract.stdout).toMatch(/2 passed/)
  const found = findBrowser({ platform: process.platform, environment: process.env })
  const { executablePath, environment } = found ? { executablePath: found, environment: {} } : await packagedChromium()
  const env = { ...plain.env, ...environment, CHROME_PATH: executablePath }
  const pages = await run(join(runner, 'playwright'), ['test', '-c', 'examples', `--timeout=${patience}`], {
    cwd: project,
    env,
  })
  expect(pages.stdout).toMatch(/6 passed/)
})

test('the examples: the runner of Node, Mocha, and Jest with a stack outside of its sandbox', async () => {
  const runner = join(project, 'node_modules/.bin')
  const own = await run(process.execPath, ['--test', 'examples/token.node-test.js'], plain)
  expect(own.stdout).toMatch(/pass 2\n/)
  const mocha = await run(join(runner, 'mocha'), ['examples/phone.mocha.js', '--timeout', patience], plain)
  expect(mocha.stdout).toMatch(/1 passing/)
  const env = { ...process.env, NODE_OPTIONS: '--experimental-vm-modules' }
  const jest = await run(join(runner, 'jest'), ['-c', 'examples/jest/jest.config.js', `--testTimeout=${patience}`], {
    cwd: project,
    env,
  })
  expect(jest.stderr).toMatch(/Tests: +1 passed/)
})

test('the workflow of the guide: what it runs holds, in a project of its own', async () => {
  const guide = readFileSync(join(root, 'services/lab/guides/continuous-integration.md'), 'utf8')
  const workflow = readFileSync(join(project, '.github/workflows/tests.yml'), 'utf8')
  expect(guide).toContain(`${workflow}\`\`\``)
  expect(guide).toContain(`\`\`\`js\n${readFileSync(join(project, 'examples/testcontainers.js'), 'utf8')}\`\`\``)
  const { validateWorkflow } = await import('@action-validator/core')
  expect(validateWorkflow(workflow).errors).toEqual([])
  const steps = (parse(workflow) as { jobs: { tests: { steps: { run?: string }[] } } }).jobs.tests.steps
  const commands = steps.flatMap(({ run: command }) => (command === undefined ? [] : [command]))
  expect(commands.slice(0, 1)).toEqual(['npm ci'])
  // The first of them fetches what is installed here already.
  for (const command of commands.slice(1)) await run('bash', ['-euo', 'pipefail', '-c', command], plain)
})

test('a decision that changed fails the workflow', async () => {
  const changed = readFileSync(join(project, 'verdicts.yaml'), 'utf8').replace('[mfa]', '[allow]')
  writeFileSync(join(project, 'changed.yaml'), changed)
  const judged = run(program, ['run', '--up', '--', program, 'verdicts', 'changed.yaml'], plain)
  await expect(judged).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining('CHANGED') })
})
