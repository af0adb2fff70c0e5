import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const program = fileURLToPath(new URL('./fauxchange.ts', import.meta.url))
const run = promisify(execFile)

/** Nothing answers there. */
const nowhere = 'http://127.0.0.1:1'

test.each([
  { args: ['env', '--zone', 'moon'], complaint: 'There is no zone moon' },
  { args: ['env', 'everything'], complaint: "'everything'" },
  { args: ['env', '--gateway', 'nonsense'], complaint: 'nonsense is no address' },
  { args: ['run', '--up', '--zone', 'moon', '--', 'true'], complaint: 'There is no zone moon' },
  { args: ['run', '--fast', '--', 'true'], complaint: "'--fast'" },
  { args: ['env', '--gateway', 'localhost:8080'], complaint: 'localhost:8080 is no address' },
  { args: ['run', 'true'], complaint: 'The command to run stands after --.\n\nfauxchange run' },
  { args: ['reset', '--gateway'], complaint: '--gateway needs an address' },
])('$args is written wrong: 2, and nothing is done', async ({ args, complaint }) => {
  const ended = run(process.execPath, [program, ...args], { env: { ...process.env, FAUXCHANGE_GATEWAY: nowhere } })
  await expect(ended).rejects.toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(complaint) })
})

test.each([
  { args: ['env', '--gateway', nowhere] },
  { args: ['run', '--gateway', nowhere, '--', 'true'] },
  { args: ['reset', '--gateway', nowhere] },
])('$args reaches no stack: 1', async ({ args }) => {
  const ended = run(process.execPath, [program, ...args])
  await expect(ended).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(`answers at ${nowhere}`) })
})

test.each(['env', 'run', 'verdicts'])('%s --help tells its own usage', async (word) => {
  const { stdout } = await run(process.execPath, [program, word, '--help'])
  expect(stdout).toMatch(new RegExp(`^fauxchange ${word} `))
  expect(stdout).not.toContain('fauxchange up')
})

test('it tells its version', async () => {
  const { stdout } = await run(process.execPath, [program, '--version'])
  expect(stdout).toMatch(/^\d+\.\d+\.\d+ \(Node [\d.]+\)\n$/)
})
