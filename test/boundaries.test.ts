import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const folders = '{services,shared,certs,test}'
const aliases: Readonly<Record<string, string>> = {
  '#shared': 'shared',
  '#services': 'services',
  '#certs': 'certs',
  '#test': 'test',
}

/** Files that are meant to see more than one service. */
const overseers = new Set([
  'services/registry.ts',
  'services/stack.ts',
  'services/main.ts',
  'services/command-line.ts',
  'services/welcome-screen.ts',
])

interface Import {
  readonly from: string
  readonly to: string
}

const modules = globSync(`${folders}/**/*.ts`, { cwd: root, exclude: (name) => name.includes('node_modules') })
const sources = modules.filter((path) => !path.endsWith('.d.ts'))
const imports = sources.flatMap(importsOf)

function importsOf(from: string): Import[] {
  const text = readFileSync(join(root, from), 'utf8')
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '')
  return specifiers.flatMap((specifier) => {
    const to = resolve(from, specifier)
    return to ? [{ from, to }] : []
  })
}

function resolve(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return normalize(join(dirname(from), specifier))
  const [alias = '', ...rest] = specifier.split('/')
  return aliases[alias] && join(aliases[alias], ...rest)
}

const serviceOf = (path: string) => /^services\/([^/]+)\//.exec(path)?.[1]
const isTest = (path: string) => path.endsWith('.test.ts') || path.startsWith('test/') || /\/_[^/]+\.ts$/.test(path)
const production = imports.filter(({ from }) => !isTest(from))

test('there are modules and imports to judge', () => {
  expect(sources.length).toBeGreaterThan(250)
  expect(imports.length).toBeGreaterThan(800)
})

test('no service imports another', () => {
  const crossing = production.filter(({ from, to }) => {
    const [mine, theirs] = [serviceOf(from), serviceOf(to)]
    return mine !== undefined && theirs !== undefined && mine !== theirs
  })
  expect(crossing).toEqual([])
})

test('only the overseers import a service from outside', () => {
  const from = production.filter((each) => !serviceOf(each.from) && serviceOf(each.to)).map((each) => each.from)
  expect([...new Set(from)].filter((path) => !overseers.has(path))).toEqual([])
})

test('shared code and certificates know no service', () => {
  expect(production.filter(({ from, to }) => /^(shared|certs)\//.test(from) && to.startsWith('services/'))).toEqual([])
})

test('nothing that runs imports tests', () => {
  expect(production.filter(({ to }) => isTest(to))).toEqual([])
})

test('time, chance, surroundings and console are read at the seams only', () => {
  // The snippets are shown, for others to run.
  const seams =
    /^(services\/lab\/connect\/snippets\/[a-z-]+\.ts|shared\/(clock|random|log|kerberos\/ticket-acceptor)\.ts|services\/(main|fauxchange|browser|doctor)\.ts|certs\/(wall-clock|generate)\.ts)$/
  const reading = /\bDate\.now\(|\bMath\.random\(|\bprocess\.env\b|\bconsole\.|\bnew Date\(\)/
  const readers = sources
    .filter((path) => !isTest(path) && !seams.test(path))
    .filter((path) => reading.test(readFileSync(join(root, path), 'utf8')))
  expect(readers).toEqual([])
})

test('no file or folder has a name that says nothing', () => {
  const banned = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'ctx', 'mgr', 'svc'])
  const named = modules.filter((path) => path.split(/[/.]/).some((part) => banned.has(part)))
  expect(named).toEqual([])
})

test('no test gives what is still to come the one second that the runner would', () => {
  const waiting = /\bvi\s*\.(waitFor|waitUntil)\(|\bexpect\s*\.poll\(|\bwaitForTimeout\(/
  const impatient = sources
    .filter((path) => isTest(path) && path !== 'test/actors/eventually.ts' && path !== 'test/boundaries.test.ts')
    .filter((path) => waiting.test(readFileSync(join(root, path), 'utf8')))
  expect(impatient).toEqual([])
})
