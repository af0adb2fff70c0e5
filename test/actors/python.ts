import { fileURLToPath } from 'node:url'
import type { Stack } from '#services/stack.ts'
import type { Zone } from '#shared/stack/deployment.ts'
import { StartedProcess } from './started-process.ts'

const folder = new URL('../foreign/python/', import.meta.url)

/** Debian's Python with a program of test/foreign/python, in a zone: its libraries take the way from the environment. */
export function startPython(stack: Stack, zone: Zone, program: string, args: readonly string[]): StartedProcess {
  const environment = {
    HTTPS_PROXY: stack.proxy(zone),
    HTTP_PROXY: stack.proxy(zone),
    NO_PROXY: 'localhost,127.0.0.1',
    REQUESTS_CA_BUNDLE: stack.authority.caFile,
    PYTHONDONTWRITEBYTECODE: '1',
    // What would open a browser prints its address.
    BROWSER: 'echo open %s',
  }
  return new StartedProcess({
    program: '/usr/bin/python3',
    args: [fileURLToPath(new URL(program, folder)), ...args],
    environment,
  })
}

type Answer = Readonly<Record<string, unknown>>

/** The lines of JSON that the program printed until its end; everything else that it printed is left out. */
export async function answersOf(program: StartedProcess): Promise<readonly Answer[]> {
  const { code } = await program.exited
  if (code !== 0) throw new Error(`the program ended with ${code}:\n${program.stdout}\n${program.stderr}`)
  return program.stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Answer)
}
