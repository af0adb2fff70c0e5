import { fileURLToPath } from 'node:url'
import { StartedProcess } from './started-process.ts'

const folder = new URL('../foreign/', import.meta.url)

interface Place {
  /** The HTTP proxy of a zone. */
  readonly gateway: string
  /** A file with the certificate to trust. */
  readonly ca: string
}

/** Debian's Python with a program of test/foreign/python: its libraries take the way from the environment. */
export function startPython(place: Place, program: string, args: readonly string[]): StartedProcess {
  return startProgram(place, '/usr/bin/python3', [fileOf('python', program), ...args])
}

/** Debian's Ruby with a program of test/foreign/ruby. */
export function startRuby(place: Place, program: string, args: readonly string[]): StartedProcess {
  return startProgram(place, '/usr/bin/ruby', [fileOf('ruby', program), ...args])
}

function fileOf(language: string, program: string): string {
  return fileURLToPath(new URL(`${language}/${program}`, folder))
}

function startProgram({ gateway, ca }: Place, program: string, args: readonly string[]): StartedProcess {
  const environment = {
    HTTPS_PROXY: gateway,
    HTTP_PROXY: gateway,
    NO_PROXY: 'localhost,127.0.0.1',
    REQUESTS_CA_BUNDLE: ca,
    SSL_CERT_FILE: ca,
    PYTHONDONTWRITEBYTECODE: '1',
    // What would open a browser prints its address.
    BROWSER: 'echo open %s',
  }
  return new StartedProcess({ program, args, environment })
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
