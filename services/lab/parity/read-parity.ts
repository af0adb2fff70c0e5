import { existsSync, globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ParityRow, parityRows } from './parity.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** The services that imitate something, and the doors. */
export const parityServices = ['entra', 'adfs', 'wap', 'exchange', 'autodetect', 'directory', 'gateway', 'lab'] as const

/** What the READMEs of all services say of what is imitated, what is not, and what differs. */
export async function readParity(): Promise<readonly ParityRow[]> {
  const all = await Promise.all(
    parityServices.map(async (service) => {
      return parityRows(
        service,
        await readReadme(service),
        testsAreHere ? (pattern) => filesOf(pattern).length > 0 : undefined,
      )
    }),
  )
  return all.flat()
}

/** What a service says of itself. */
export function readReadme(service: (typeof parityServices)[number]): Promise<string> {
  return readFile(join(root, 'services', service, 'README.md'), 'utf8')
}

/** Containers and the package come without tests. */
const testsAreHere = existsSync(join(root, 'test', 'vitest.config.ts'))

/** The files of a witness, from the root. */
export function filesOf(pattern: string): readonly string[] {
  if (!pattern.includes('*')) return existsSync(join(root, pattern)) ? [pattern] : []
  return globSync(pattern, { cwd: root }).toSorted()
}

/** The titles of the tests in each file of a witness. */
export async function titlesOf(pattern: string): Promise<readonly { file: string; titles: readonly string[] }[]> {
  return Promise.all(filesOf(pattern).map(async (file) => ({ file, titles: await titlesIn(file) })))
}

/** With those of a flow beside it that the file only runs somewhere. */
async function titlesIn(file: string): Promise<readonly string[]> {
  const source = await readFile(join(root, file), 'utf8')
  const flows = [...source.matchAll(/from '\.\/([\w-]+-flow\.ts)'/g)].map((match) =>
    join(dirname(file), match[1] ?? ''),
  )
  const within = await Promise.all(flows.map(async (flow) => titlesOfSource(await readFile(join(root, flow), 'utf8'))))
  return [...titlesOfSource(source), ...within.flat()]
}

/** Of plain tests, and of those that a table is put through: `test.each(rows)('title', …`. */
function titlesOfSource(source: string): readonly string[] {
  const call = /(?:^\s*(?:test|it)(?:\.\w+)?|\))\(\s*(['"`])((?:\\.|(?!\1)[^\n])+)\1,\s*(?:async\b|[({]|\w+ =>)/gm
  return [...source.matchAll(call)].map((match) => (match[2] ?? '').replaceAll(/\\(.)/g, '$1'))
}
