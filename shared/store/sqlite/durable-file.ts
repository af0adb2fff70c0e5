import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Afterwards the file has all of these bytes, or, if interrupted, is what it was before. */
export function writeDurably(path: string, bytes: Uint8Array): void {
  const partial = `${path}.partial`
  writeFileSync(partial, bytes, { mode: 0o600, flush: true })
  renameSync(partial, path)
  // Windows has no way to flush a directory and does not need one.
  if (process.platform !== 'win32') flushDirectory(dirname(path))
}

function flushDirectory(path: string): void {
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
