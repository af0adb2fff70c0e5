import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runLabCommand } from './lab-command-line.ts'

const text = { schema: { type: 'string' } }
const upn = { name: 'upn', in: 'path', ...text }
const fields = { advance: { type: 'string', description: 'How far.' }, freeze: { type: 'boolean' }, zones: {} }
const document = {
  paths: {
    '/api/clock': {
      get: { operationId: 'readClock', summary: 'Time' },
      post: {
        operationId: 'changeClock',
        summary: 'Move',
        requestBody: { content: { 'application/json': { schema: { properties: fields } } } },
      },
    },
    '/api/mfa/{upn}/approve': { post: { operationId: 'approvePush', summary: 'Approve', parameters: [upn] } },
  },
}

let lab: Server
let gateway = ''

/** A lab that tells what it was asked, and knows nobody. */
beforeAll(async () => {
  lab = createServer(async (request, response) => {
    const { method, url = '' } = request
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = chunks.length === 0 ? undefined : (JSON.parse(Buffer.concat(chunks).toString()) as unknown)
    const isUnknown = url.includes('/mfa/')
    const answer = url === '/api/openapi.json' ? document : isUnknown ? { error: 'nobody' } : { method, url, body }
    response.writeHead(isUnknown ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => lab.listen(0, '127.0.0.1', resolve))
  gateway = `http://127.0.0.1:${(lab.address() as AddressInfo).port}`
})

afterAll(() => new Promise((resolve) => lab.close(resolve)))

async function run(line: string, at = gateway) {
  let printed = ''
  let complained = ''
  const print = (said: string) => {
    printed += said
  }
  const complain = (said: string) => {
    complained += said
  }
  const exitCode = await runLabCommand(at, line.split(' ').filter(Boolean), { print, complain })
  return { exitCode, printed, complained }
}

test.each([
  { line: 'clock', asked: { method: 'GET', url: '/api/clock' } },
  { line: 'clock change --freeze', asked: { method: 'POST', body: { freeze: true } } },
  { line: 'clock change --freeze false --advance PT1H', asked: { body: { freeze: false, advance: 'PT1H' } } },
  { line: 'clock change --body {"now":"2026-01-01"}', asked: { body: { now: '2026-01-01' } } },
])('$line is carried out, with exit code 0', async ({ line, asked }) => {
  const { exitCode, printed, complained } = await run(line)
  expect([exitCode, complained]).toEqual([0, ''])
  expect(JSON.parse(printed)).toMatchObject(asked)
  expect(printed.split('\n').length).toBeGreaterThan(2)
})

test('--json answers in one line', async () => {
  expect((await run('clock --json')).printed).toBe('{"method":"GET","url":"/api/clock"}\n')
})

test.each([
  { line: '--help', has: ['clock read', 'clock change', 'mfa approve UPN'], lacks: [] },
  { line: '', has: ['mfa approve UPN'], lacks: [] },
  { line: 'clock --help', has: ['clock change', '--advance  How far.'], lacks: ['mfa'] },
  { line: 'mfa approve --help', has: ['mfa approve UPN', 'Approve'], lacks: ['clock'] },
])('"$line" is help on standard output, with exit code 0', async ({ line, has, lacks }) => {
  const { exitCode, printed, complained } = await run(line)
  expect([exitCode, complained]).toEqual([0, ''])
  for (const part of has) expect(printed).toContain(part)
  for (const part of lacks) expect(printed).not.toContain(part)
})

test.each([
  { line: 'clok read', code: 2, says: 'There is no command clok read. Is it clock?' },
  { line: 'unheard', code: 2, says: '"fauxchange lab" lists all.' },
  { line: 'mfa approve', code: 2, says: 'mfa approve UPN' },
  { line: 'clock change --advnce PT1H', code: 2, says: '--advance  How far.' },
  { line: 'mfa approve nobody@contoso.com', code: 1, says: '"error": "nobody"' },
])('$line complains with exit code $code', async ({ line, code, says }) => {
  const { exitCode, printed, complained } = await run(line)
  expect([exitCode, printed]).toEqual([code, ''])
  expect(complained).toContain(says)
})

test('says so when no stack answers', async () => {
  expect(await run('clock', 'http://127.0.0.1:9')).toEqual({
    ...{ exitCode: 1, printed: '', complained: 'No stack answers at http://127.0.0.1:9.\n' },
  })
})

test('a list or an object comes from a file, as Windows PowerShell writes it too; text is taken as it stands', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'options-'))
  try {
    const file = join(folder, 'zones.json')
    await writeFile(file, Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('["corp"]', 'utf16le')]))
    const { printed } = await run(`clock change --zones @${file} --advance @${file} --json`)
    expect(JSON.parse(printed)).toMatchObject({ body: { zones: ['corp'], advance: `@${file}` } })
    const { exitCode, complained } = await run(`clock change --zones @${file}.not`)
    expect({ exitCode, complained }).toEqual({
      exitCode: 2,
      complained: expect.stringContaining('zones.json.not cannot be read'),
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})
