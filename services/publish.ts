import { execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import typescript from 'typescript'

/*
 * `npm run package`: what is published, in .package/. Each module becomes JavaScript that older versions of Node read,
 * too, if only to be told that they are too old, with its types beside it; then `npm pack ./.package`, `npm publish ./.package`.
 */

const root = fileURLToPath(new URL('..', import.meta.url))
const target = join(root, '.package')
const folders = '{services,shared,certs}'
const isLeftOut = (path: string) =>
  /(\.test\.ts|\/_[^/]*\.ts|\/Dockerfile)$|\.generated|\/conformance|^services\/publish\./.test(path)

/** What a program can import: `fauxchange`, `fauxchange/vitest` … */
const entries = { '.': 'embed', './matchers': 'matchers', './vitest': 'vitest', './playwright': 'playwright' }
const exportOf = (module: string) => {
  const code = `./services/${module}.js`
  // Node that can require() a module of ECMAScript goes by the second, the others by the third.
  return {
    types: `./services/${module}.d.ts`,
    'module-sync': code,
    require: './services/refuse-require.cjs',
    default: code,
  }
}

const asWritten = {
  target: typescript.ScriptTarget.ES2022,
  module: typescript.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly license: string
  readonly dependencies: Readonly<Record<string, string>>
}

rmSync(target, { recursive: true, force: true })
emitTypes()
for (const path of globSync(`${folders}/**/*`, { cwd: root, withFileTypes: true })) {
  if (path.isFile()) publish(join(path.parentPath, path.name).slice(root.length))
}
writeRefusal()
writeManifest()
for (const name of ['README.md']) cpSync(join(root, name), join(target, name))
process.stdout.write(`${target}\n`)

function emitTypes(): void {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const configuration = join(root, 'services/publish.tsconfig.json')
  execFileSync(process.execPath, [compiler, '-p', configuration], { stdio: 'inherit' })
  for (const path of globSync('**/*.d.ts', { cwd: target })) rewrite(join(target, path))
}

function publish(path: string): void {
  if (isLeftOut(path) || path.endsWith('.d.ts')) return
  const from = join(root, path)
  const to = join(target, path)
  mkdirSync(dirname(to), { recursive: true })
  if (path.endsWith('.ts')) {
    const code = typescript.transpile(readFileSync(from, 'utf8'), asWritten)
    writeFileSync(to.replace(/\.ts$/, '.js'), lateNames(asJavaScript(code)))
  } else cpSync(from, to)
}

function rewrite(file: string): void {
  writeFileSync(file, asJavaScript(readFileSync(file, 'utf8')))
}

/** Modules name each other by the files that they are in. */
function asJavaScript(code: string): string {
  return code.replaceAll(/(\b(?:from|import|URL)\b\s*\(?\s*)(['"])([.#][^'"\n]*)\.ts\2/g, '$1$2$3.js$2')
}

/**
 * What an older Node does not have is missed where it is used, and not before the first line: by then it was told that it
 * is too old.
 */
function lateNames(code: string): string {
  let count = 0
  return code.replaceAll(/^import \{([^}]*)\} from '(node:[^']+)';$/gm, (_, names: string, module: string) => {
    count += 1
    return `import node${count} from '${module}'; const {${names.replaceAll(' as ', ': ')}} = node${count};`
  })
}

/** For a require() that cannot load the package. */
function writeRefusal(): void {
  const source = readFileSync(join(root, 'services/supported-node.ts'), 'utf8')
  const code = typescript.transpile(source, {
    ...asWritten,
    module: typescript.ModuleKind.CommonJS,
    verbatimModuleSyntax: false,
  })
  const otherwise = "'fauxchange is a module of ECMAScript, which require() cannot load here: use import or import().'"
  const refusal = `throw new Error(unsupportedNode(process.versions.node) ?? ${otherwise});\n`
  writeFileSync(join(target, 'services/refuse-require.cjs'), code + refusal)
}

function writeManifest(): void {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest
  const { name, version, description, license, dependencies } = manifest
  // The yardstick of the benchmarks.
  const { 'oidc-provider': _yardstick, ...needed } = dependencies
  const published = {
    ...{ name, version, description, license, type: 'module' },
    engines: { node: '>=22.16' },
    bin: { fauxchange: './services/fauxchange.js' },
    exports: Object.fromEntries(Object.entries(entries).map(([path, module]) => [path, exportOf(module)])),
    imports: Object.fromEntries(['shared', 'services', 'certs'].map((each) => [`#${each}/*`, `./${each}/*`])),
    dependencies: needed,
  }
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(published, undefined, 2)}\n`)
}
