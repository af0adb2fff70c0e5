import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keepCompiledModules, useCompiledModules } from './compiled-modules.ts'

let home = ''

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'fauxchange-compiled-'))
})

afterAll(() => rm(home, { recursive: true, force: true }))

test('a rehearsal fills the folder that the next start uses, and leaves no draft', async () => {
  const folder = join(home, 'cache', 'node')

  await keepCompiledModules(folder, process.env)

  const files = await readdir(folder, { recursive: true })
  expect(files.length).toBeGreaterThan(500)
  expect(await readdir(join(home, 'cache'))).toEqual(['node'])

  await keepCompiledModules(folder, process.env)
  expect(await readdir(join(home, 'cache'))).toEqual(['node'])
})

test('a start without the folder keeps nothing by itself', () => {
  expect(useCompiledModules(join(home, 'nowhere'))).toBe(false)
})

test('a place that cannot be written is no reason to fail', async () => {
  await writeFile(join(home, 'file'), '')

  await keepCompiledModules(join(home, 'file', 'node'), process.env)

  expect(await readdir(home)).toContain('file')
})

test('a rehearsal that is cut short leaves nothing behind', async () => {
  const folder = join(home, 'short', 'node')
  const module = fileURLToPath(new URL('./compiled-modules.ts', import.meta.url))
  const program = `
    const { keepCompiledModules } = await import(${JSON.stringify(`file://${module}`)})
    void keepCompiledModules(${JSON.stringify(folder)}, process.env)
    const { readdirSync } = await import('node:fs')
    const look = () => { try { return readdirSync(${JSON.stringify(join(home, 'short'))}).length } catch { return 0 } }
    while (look() === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    process.exit(3)`
  const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { timeout: 120_000 })

  expect(status).toBe(3)
  expect(await readdir(join(home, 'short'))).toEqual([])
})
