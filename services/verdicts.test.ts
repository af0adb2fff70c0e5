import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { graphOf } from '#test/actors/graph.ts'
import { type Stack, startStack } from './stack.ts'
import { runVerdicts } from './verdicts.ts'

const sample = fileURLToPath(new URL('lab/verdicts/contoso.yaml', import.meta.url))
let stack: Stack
let folder = ''

beforeAll(async () => {
  stack = await startStack()
  folder = await mkdtemp(join(tmpdir(), 'fauxchange-verdicts-'))
})
afterAll(async () => {
  await stack[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function verdicts(...args: string[]) {
  const printed: string[] = []
  const complained: string[] = []
  const exitCode = await runVerdicts(stack.proxy('internet'), args, {
    print: (text) => void printed.push(text),
    complain: (text) => void complained.push(text),
  })
  return { exitCode, printed: printed.join(''), complained: complained.join('') }
}

async function judgement(row: object) {
  const file = join(folder, 'row.json')
  await writeFile(file, JSON.stringify({ verdicts: [{ name: 'row', ...row }] }))
  const { exitCode, printed } = await verdicts(file, '--json')
  return { exitCode, row: JSON.parse(printed).verdicts[0] as { got: string[]; why: string; problems: string[] } }
}

test('the decisions of the default world are as its table says', async () => {
  expect(await verdicts(sample)).toMatchObject({ exitCode: 0, complained: '' })
})

const web = { user: 'alice@contoso.com', application: 'Office 365 Exchange Online' }
test.each([
  { facts: web, got: ['mfa'], why: /Require MFA for Outlook on the web/ },
  { facts: { ...web, clientApp: 'mobileAppsAndDesktopClients' }, got: ['allow'], why: /noPolicyApplies|satisfied/ },
  { facts: { ...web, authenticatedWith: 'fido2' }, got: ['allow'], why: /satisfied/ },
  { facts: { ...web, application: '00000002-0000-0ff1-ce00-000000000000' }, got: ['mfa'], why: /unmet: mfa/ },
  { facts: { ...web, user: 'nobody@contoso.com' }, got: ['error'], why: /nobody@contoso.com/ },
  { facts: { user: web.user, relyingParty: 'urn:nowhere' }, got: ['error'], why: /no relying party trust/ },
  { facts: { user: web.user }, got: ['error'], why: /application or a relyingParty/ },
])('$facts → $got', async ({ facts, got, why }) => {
  const { row } = await judgement({ ...facts, expected: got })
  expect(row.got).toEqual(got)
  expect(row.why).toMatch(why)
})

test('policies that must not apply, and do, make a row fail', async () => {
  const policies = { notApply: ['Require MFA for Outlook on the web'], apply: ['Nothing of the kind'] }
  const { exitCode, row } = await judgement({ ...web, expected: 'mfa', policies })
  expect(exitCode).toBe(1)
  expect(row.problems).toEqual(['"Nothing of the kind" does not apply', '"Require MFA for Outlook on the web" applies'])
})

test('a changed policy changes a decision: the command fails, names the row, and --update writes what is now', async () => {
  const file = join(folder, 'table.yaml')
  const before = await readFile(sample, 'utf8')
  await writeFile(file, before)
  const graph = graphOf(stack)
  const conditions = {
    users: { includeUsers: ['All'] },
    applications: { includeApplications: ['00000002-0000-0ff1-ce00-000000000000'] },
    clientAppTypes: ['all'],
  }
  const grantControls = { operator: 'OR', builtInControls: ['block'] }
  const policy = { displayName: 'No more mail', state: 'enabled', conditions, grantControls }
  expect((await graph('POST', '/identity/conditionalAccess/policies', policy)).status).toBe(201)

  const { exitCode, printed } = await verdicts(file)
  expect(exitCode).toBe(1)
  expect(printed).toMatch(/^CHANGED +The emergency account is never asked +allow +block +blocked: No more mail/m)
  expect(printed).toMatch(/^ok +The sample application/m)
  expect((await verdicts(file, '--update')).exitCode).toBe(0)
  const after = await readFile(file, 'utf8')
  expect(after).toContain('# Decisions of the default world.')
  expect(after.match(/expected: block/g)).toHaveLength(4)
})

test.each([
  { text: 'verdicts: []', complaint: /body\.verdicts/ },
  { text: 'verdicts: [{ name: x, usr: y }]', complaint: /usr/ },
  { text: 'verdicts: [', complaint: /table\.yaml/ },
])('a table that is none is refused: $text', async ({ text, complaint }) => {
  const file = join(folder, 'table.yaml')
  await writeFile(file, text)
  const { exitCode, complained } = await verdicts(file)
  expect(exitCode).toBe(2)
  expect(complained).toMatch(complaint)
})
