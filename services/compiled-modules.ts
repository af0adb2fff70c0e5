import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { constants, enableCompileCache, getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/*
 * Node can keep compiled modules for the next start, but writes all new ones at once, which stops everything for a
 * second or more. So the first start keeps nothing: a second process rehearses a start, writes, and ends.
 */

/** An environment variable that tells a process that it only rehearses. */
export const rehearsal = 'FAUXCHANGE_REHEARSAL'

const portNames = ['internet', 'internet-tls', 'corp', 'corp-tls', 'online-smtp', 'onprem-smtp']
const freePorts = portNames.flatMap((name) => [`--${name}-port`, '0'])
const main = fileURLToPath(new URL('./main.ts', import.meta.url))

/** Goes with the packages: `npm ci` empties it. */
export function compiledModulesFolder(): string {
  const name = `node-${process.versions.node}-${process.arch}`
  return fileURLToPath(new URL(`../node_modules/.cache/fauxchange/${name}`, import.meta.url))
}

/** Whether this start profits from an earlier one; `NODE_COMPILE_CACHE` comes before a folder of our own. */
export function useCompiledModules(folder: string): boolean {
  if (getCompileCacheDir() !== undefined) return true
  if (!existsSync(folder)) return false
  return enableCompileCache(folder).status !== constants.compileCacheStatus.FAILED
}

/** Resolves when the rehearsal has ended; one that is cut short leaves nothing to use. */
export async function keepCompiledModules(folder: string, surroundings: NodeJS.ProcessEnv): Promise<void> {
  const draft = openDraft(folder)
  if (draft === undefined) return
  const remove = () => rmSync(draft, { recursive: true, force: true, maxRetries: 3 })
  const cutShort = new AbortController()
  const end = () => {
    cutShort.abort()
    remove()
  }
  process.once('exit', end)
  const env = { ...surroundings, NODE_COMPILE_CACHE: draft, [rehearsal]: 'yes' }
  const complete = await rehearse(env, cutShort.signal)
  process.removeListener('exit', end)
  if (complete) moveInto(draft, folder)
  remove()
}

/** A place that cannot be written keeps nothing. */
function openDraft(folder: string): string | undefined {
  try {
    mkdirSync(dirname(folder), { recursive: true })
    return mkdtempSync(`${folder}.draft-`)
  } catch {
    return undefined
  }
}

/** Whoever was first has won: a folder that is there already is not replaced. */
function moveInto(draft: string, folder: string): void {
  try {
    renameSync(draft, folder)
  } catch {}
}

async function rehearse(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<boolean> {
  const { spawn } = await import('node:child_process')
  const { constants: system, setPriority } = await import('node:os')
  const child = spawn(process.execPath, [main, ...freePorts], { env, stdio: 'ignore', signal, killSignal: 'SIGKILL' })
  child.unref()
  child.once('spawn', () => child.pid !== undefined && setPriority(child.pid, system.priority.PRIORITY_BELOW_NORMAL))
  return new Promise((resolve) => {
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(code === 0))
  })
}
