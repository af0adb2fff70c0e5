import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { StartedProcess } from './started-process.ts'

const moduleFolder = '/usr/lib/apache2/modules'
const standardModules = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'dir', 'env', 'include']

export interface ApacheSite {
  readonly origin: string
  /** Where the site keeps its files; apache2 may read all of it and write what belongs to its user. */
  readonly folder: string
  /** Writes a file into the folder, and gives its path. */
  write(name: string, text: string): string
}

export interface Apache extends AsyncDisposable {
  readonly origin: string
  /** What the server logged until now. */
  log(): string
}

/** A folder and an address for a site that is to be told of before it runs. */
export async function openSite(): Promise<ApacheSite & Disposable> {
  const folder = mkdtempSync(join(tmpdir(), 'apache-'))
  // Started by root, the server gives its rights away.
  chmodSync(folder, 0o755)
  const write = (name: string, text: string) => {
    const file = join(folder, name)
    writeFileSync(file, text)
    return file
  }
  return {
    origin: `http://localhost:${await freePort()}`,
    folder,
    write,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  }
}

/**
 * Debian's apache2 in the foreground, below nothing of /etc. Each of `/one/`, `/two/` and `/three/` lists the
 * variables that a program behind the server would find.
 */
export async function startApache(site: ApacheSite, modules: readonly string[], directives: string): Promise<Apache> {
  const pages = join(site.folder, 'pages')
  for (const name of ['one', 'two', 'three']) {
    mkdirSync(join(pages, name), { recursive: true })
    writeFileSync(join(pages, name, 'index.html'), '<pre id="variables"><!--#printenv --></pre>\n')
  }
  const load = [...standardModules, ...modules].map(loadModule)
  const configuration = site.write('httpd.conf', `${load.join('\n')}\n${standing(site, pages)}\n${directives}\n`)
  // The server opens its standard output by name, which a pipe of the shell allows and one of Node.js does not.
  const process = new StartedProcess({
    program: 'sh',
    args: ['-c', `/usr/sbin/apache2 -D FOREGROUND -f ${configuration} 2>&1 | cat`],
  })
  await process.printed(/resuming normal operations/)
  return {
    origin: site.origin,
    log: () => process.stdout,
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  }
}

function standing({ origin, folder }: ApacheSite, pages: string): string {
  const { port } = new URL(origin)
  return `ServerRoot ${folder}
ServerName ${origin}
UseCanonicalName On
Listen 127.0.0.1:${port}
PidFile ${folder}/httpd.pid
DefaultRuntimeDir ${folder}
Mutex pthread
ErrorLog /dev/stdout
LogLevel info
${runsAsRoot() ? 'User www-data\nGroup www-data' : ''}
DocumentRoot ${pages}
<Directory ${pages}>
  Options +Includes
  SetOutputFilter INCLUDES
  ForceType text/html
</Directory>`
}

function runsAsRoot(): boolean {
  return process.getuid?.() === 0
}

/** Shibboleth's is called by the name of its file. */
function loadModule(name: string): string {
  return `LoadModule ${name === 'shib' ? 'mod_shib' : `${name}_module`} ${moduleFolder}/mod_${name}.so`
}
