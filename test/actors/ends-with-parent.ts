import { existsSync } from 'node:fs'

// Of util-linux, which every Debian has.
const setpriv = '/usr/bin/setpriv'

export type CommandLine = readonly [program: string, args: readonly string[]]

/**
 * The same program, to which Linux sends `signal` when the process that starts it is gone, killed too: nothing of a run
 * that was ended outlives it. It keeps its process id. (prctl(2), PR_SET_PDEATHSIG)
 */
export function endsWithParent(program: string, args: readonly string[], signal: NodeJS.Signals): CommandLine {
  if (!existsSync(setpriv)) return [program, args]
  return [setpriv, ['--pdeathsig', signal, '--', program, ...args]]
}
