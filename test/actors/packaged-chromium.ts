import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import manifest from '../../package.json' with { type: 'json' }

/*
 * The Chromium of @sparticuz/chromium, for machines that have none: unpacked once for a checkout, with the libraries
 * and fonts that a bare machine lacks. It is built for Linux on x64.
 */

const root = fileURLToPath(new URL('../..', import.meta.url))
const kept = join(root, 'node_modules', '.cache')

export interface PackagedChromium {
  readonly executablePath: string
  /** Where it finds its libraries and fonts. */
  readonly environment: Readonly<Record<string, string>>
}

export async function packagedChromium(): Promise<PackagedChromium> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `no Chromium, Chrome or Edge was found, and none is packaged for ${process.platform} ${process.arch}: ` +
        'install one, or name one in CHROME_PATH',
    )
  }
  const folder = join(kept, `chromium-${manifest.devDependencies['@sparticuz/chromium']}`)
  if (!existsSync(folder)) await unpack(folder)
  const libraries = [join(folder, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean)
  return {
    executablePath: join(folder, 'chromium'),
    environment: { LD_LIBRARY_PATH: libraries.join(':'), FONTCONFIG_PATH: join(folder, 'fonts') },
  }
}

/** Several test files may need it at the same time: each unpacks aside, and the first draft that is whole stays. */
async function unpack(folder: string): Promise<void> {
  await mkdir(kept, { recursive: true })
  const draft = await mkdtemp(`${folder}-`)
  // The package unpacks where temporary files belong, its libraries only where it takes the machine for AWS Lambda's.
  const environment = { ...process.env, TMPDIR: draft, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' }
  await promisify(execFile)(process.execPath, ['test/actors/unpack-chromium.ts'], { cwd: root, env: environment })
  const fonts = join(draft, 'fonts', 'fonts.conf')
  await writeFile(fonts, (await readFile(fonts, 'utf8')).replaceAll('/tmp/fonts', join(folder, 'fonts')))
  try {
    await rename(draft, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
    await rm(draft, { recursive: true })
  }
}
