import { execFile } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const program = fileURLToPath(new URL('../../fauxchange.ts', import.meta.url))
const root = fileURLToPath(new URL('../../..', import.meta.url))
const run = promisify(execFile)
let stack: Stack
let folder = ''

beforeAll(async () => {
  stack = await startStack()
  folder = mkdtempSync(join(tmpdir(), 'guides-'))
})
beforeEach(() => stack.reset())
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await stack[Symbol.asyncDispose]()
})

/** What somebody else's tenant exported. */
const exported = JSON.stringify({
  value: [
    {
      displayName: 'Block mail abroad',
      state: 'enabled',
      conditions: {
        clientAppTypes: ['all'],
        applications: { includeApplications: ['00000002-0000-0ff1-ce00-000000000000'] },
        users: { includeUsers: ['None'] },
      },
      grantControls: { operator: 'OR', builtInControls: ['block'] },
    },
  ],
})

interface Block {
  readonly language: string
  readonly code: string
}

/** Blocks with a language, those within lists too. */
function blocksOf(guide: string): readonly Block[] {
  const text = readFileSync(join(here, guide), 'utf8')
  return [...text.matchAll(/^( *)```(\w+)\n([\s\S]*?)^\1```/gm)].map(([, indent = '', language = '', code = '']) => ({
    language,
    code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }))
}

/** The addresses of this stack in the place of the usual ones, and the program of the package from its source. */
function inThisStack(code: string): string {
  const { internet, corp } = { internet: stack.proxy('internet'), corp: stack.proxy('corp') }
  return code
    .replaceAll('http://127.0.0.1:8080', internet)
    .replaceAll('http://127.0.0.1:8081', corp)
    .replaceAll('@127.0.0.1:8080', `@${new URL(internet).host}`)
    .replaceAll('127.0.0.1:8443', `127.0.0.1:${stack.gateways.internet?.tlsPort}`)
    .replaceAll('npx fauxchange', `'${process.execPath}' '${program}'`)
}

const guides = globSync('*.md', { cwd: here }).toSorted()
const withLines = guides.filter((guide) => blocksOf(guide).some(({ language }) => language === 'sh'))

test('most guides have lines to run', () => {
  expect(withLines.length).toBeGreaterThan(4)
})

test.each(withLines)('the lines of %s do what they say, one after another', async (guide) => {
  writeFileSync(join(folder, 'policies.json'), exported)
  writeFileSync(join(folder, 'locations.json'), '{"value":[]}')
  for (const { language, code } of blocksOf(guide)) {
    const file = language === 'yaml' && /^# ([\w.-]+)\n/.exec(code)?.[1]
    if (file) writeFileSync(join(folder, file), code)
    if (language !== 'sh') continue
    // Any line that fails ends it, and so does an answer that tells of an error.
    const script = `set -euo pipefail\n${inThisStack(code)}`
    const environment = { ...process.env, FAUXCHANGE_GATEWAY: stack.proxy('internet') }
    const { stdout } = await run('bash', ['-c', script], { cwd: folder, env: environment })
    expect(stdout, code).not.toMatch(/"error":|"outcome":"refused"|CHANGED/)
  }
})

const readmes = ['README.md', 'services/lab/README.md']

/** Whole lines for curl, those that go on in the next one too. */
function curlLinesOf(readme: string): readonly string[] {
  const text = readFileSync(join(root, readme), 'utf8')
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
  return blocks.flatMap((block) => [...block.matchAll(/^curl (?:.*\\\n)*.*$/gm)].map(([line]) => line))
}

test.each(readmes)('the lines for curl in %s are ones that the stack knows', async (readme) => {
  await run('bash', ['-c', inThisStack('curl -so fauxchange-ca.pem http://127.0.0.1:8080/ca.pem')], { cwd: folder })
  // A machine that is off would be missing in the next reset; a letter that nobody sends is waited for long.
  const lines = curlLinesOf(readme).filter((line) => !/"running":false|\/wait\?/.test(line))
  expect(lines.length).toBeGreaterThan(10)
  for (const line of lines) {
    const { stdout } = await run('bash', ['-c', inThisStack(line)], { cwd: folder })
    // Nobody waits for an approval here, and the sign-in of the example is made up: both are told as that.
    expect(stdout, line).not.toMatch(/The request is not valid|nothing at this address|upstream|not a name of/)
  }
})
