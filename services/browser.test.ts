import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { StartedProcess } from '#test/actors/started-process.ts'
import { type Stack, startStack } from './stack.ts'

let folder = ''
let stack: Stack

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fauxchange-'))
  stack = await startStack({ only: ['gateway-corp'], certificates: join(folder, 'certificates') })
})

afterAll(async () => {
  await stack[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** A browser that writes down what it was started with, and whether its profile was there. */
async function recordingBrowser(exitCode = 0): Promise<{ executable: string; seen: () => Promise<string[]> }> {
  const executable = join(folder, `browser-${exitCode}`)
  const record = join(folder, `arguments-${exitCode}`)
  await writeFile(executable, `#!/bin/sh\nfor each in "$@"; do echo "$each"; done > ${record}\nexit ${exitCode}\n`)
  await chmod(executable, 0o700)
  return { executable, seen: async () => (await readFile(record, 'utf8')).trim().split('\n') }
}

async function runBrowser(args: readonly string[], environment: Readonly<Record<string, string>>) {
  await using running = new StartedProcess({ args: ['services/browser.ts', ...args], environment })
  const { code } = await running.exited
  return { code, stdout: running.stdout, stderr: running.stderr }
}

describe('npm run browser', () => {
  test('opens the addresses through the gateway, trusts its CA only, and leaves no profile behind', async () => {
    const { executable, seen } = await recordingBrowser()
    const gateway = stack.proxy('corp')

    const { code, stdout } = await runBrowser(
      ['--gateway', gateway, 'mail.contoso.com/owa', 'https://adfs.contoso.com/'],
      {
        CHROME_PATH: executable,
      },
    )

    const args = await seen()
    const profile = args.find((each) => each.startsWith('--user-data-dir='))?.slice('--user-data-dir='.length) ?? ''
    expect(code).toBe(0)
    expect(args).toContain(`--proxy-server=${gateway}`)
    expect(args).toContain(`--ignore-certificate-errors-spki-list=${stack.authority.caSpkiSha256}`)
    expect(args.slice(-2)).toEqual(['https://mail.contoso.com/owa', 'https://adfs.contoso.com/'])
    expect(profile).toContain('fauxchange-browser-')
    await expect(stat(profile)).rejects.toThrow('ENOENT')
    expect(stdout).toContain(`${executable}, through ${gateway}`)
  })

  test('opens the lab when no address is given, and ends as the browser does', async () => {
    const { executable, seen } = await recordingBrowser(7)

    const { code } = await runBrowser(['--gateway', stack.proxy('corp')], { CHROME_PATH: executable })

    expect(code).toBe(7)
    expect((await seen()).at(-1)).toBe(`${stack.proxy('corp')}/`)
  })

  test('says so when no stack answers', async () => {
    const { executable } = await recordingBrowser()
    const stranger = createServer((_request, response) => response.end('hello'))
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
    const gateway = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`

    const { code, stdout } = await runBrowser(['--gateway', gateway], { CHROME_PATH: executable })
    stranger.close()

    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining(`No stack answers at ${gateway}`) })
  })

  test('says so when the machine has no browser', async () => {
    const { code, stdout } = await runBrowser(['--gateway', stack.proxy('corp')], { CHROME_PATH: '', PATH: folder })

    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining('CHROME_PATH') })
  })

  test.each([
    { args: ['--zone', 'mars'], complaint: 'There is no zone mars' },
    { args: ['--zoen', 'corp'], complaint: "Unknown option '--zoen'" },
    { args: ['--gateway', '8080'], complaint: '8080 is no address of a gateway' },
  ])('$args is refused with the usage', async ({ args, complaint }) => {
    const { code, stdout, stderr } = await runBrowser(args, {})

    expect(code).toBe(2)
    expect(stdout).toContain(complaint)
    expect(stdout).toContain('--zone internet|corp')
    expect(stderr).toBe('')
  })
})
