import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export type KeptFiles<Name extends string> = Readonly<Record<Name, Buffer>>

/**
 * Reads the files of a folder that is made once and never changed. Renaming a finished folder into place is atomic
 * and fails when the name is taken, so several processes that start together all end with the first one's files.
 */
export async function readOrMake<Name extends string>(
  folder: string,
  names: readonly Name[],
  make: () => Promise<Readonly<Record<Name, string | Buffer>>>,
): Promise<KeptFiles<Name>> {
  const kept = readFiles(folder, names)
  if (kept) return kept
  const draft = `${folder}.${randomBytes(6).toString('hex')}.draft`
  await writeFiles(draft, await make())
  const refusal = await rename(draft, folder).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (refusal) await rm(draft, { recursive: true, force: true })
  const first = readFiles(folder, names)
  if (first) return first
  throw new Error(`${folder} is damaged or cannot be written. Delete it and start again.`, { cause: refusal })
}

/** Synchronous: small files read at start-up, where a trip to the thread pool costs more than the read. */
function readFiles<Name extends string>(folder: string, names: readonly Name[]): KeptFiles<Name> | undefined {
  try {
    const contents = names.map((name) => [name, readFileSync(join(folder, name))] as const)
    return Object.fromEntries(contents) as unknown as KeptFiles<Name>
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function writeFiles(folder: string, files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  await mkdir(folder, { mode: 0o700 })
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), content, { mode: 0o600, flush: true })
  }
}
