import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiDocument, chooseCommand, commandsOf, type LabCommand } from '#services/lab-commands.ts'
import { openLab, Peer } from './_lab.ts'
import { faultCatalogue } from './faults/fault-catalogue.ts'

/** What steers the world: the operation, the page with a form for it, and how the command line says it. */
const steering = [
  ['approvePush', 'POST /phone/:upn/approve', 'mfa approve UPN'],
  ['denyPush', 'POST /phone/:upn/deny', 'mfa deny UPN'],
  ['answerCall', 'POST /phone/:upn/answer-call', 'mfa answer-call UPN'],
  ['scanRegistration', 'POST /phone/:upn/scan', 'mfa register scan UPN'],
  ['setPhoneBehaviour', 'POST /phone/:upn/behaviour', 'mfa behaviour set UPN'],
  ['createPasskey', 'POST /phone/:upn/passkeys', 'mfa passkeys create UPN'],
  ['renamePasskey', 'POST /phone/:upn/rename-passkey', 'mfa passkeys rename UPN ID'],
  ['removePasskey', 'POST /phone/:upn/remove-passkey', 'mfa passkeys remove UPN ID'],
  ['removeMethod', 'POST /people/:upn/methods/:id/remove', 'mfa methods remove UPN ID'],
  ['createAccessPass', 'POST /people/:upn/access-pass', 'access-passes create UPN'],
  ['changeClock', 'POST /clock', 'clock change'],
  ['enableFault', 'POST /faults/:id', 'fault-catalogue enable ID'],
  ['disableFault', 'POST /faults/:id/off', 'fault-catalogue disable ID'],
  ['setRisk', 'POST /people/:upn/risk', 'risk set UPN'],
  ['changeDevice', 'POST /tenant/devices/:deviceId', 'devices change DEVICEID'],
  ['setWhereabouts', 'POST /people/:upn/whereabouts', 'whereabouts set UPN'],
  ['moveClients', 'POST /network/gateways/:zone', 'gateways move ZONE'],
  ['setLicence', 'POST /people/:upn/licence', 'licences set UPN'],
  ['rollOverSigningKey', 'POST /tenant/keys/rollover', 'keys rollover'],
  ['rollOverTokenCertificate', 'POST /federation/certificates/:kind/add', 'adfs certificates rollover KIND'],
  ['promoteTokenCertificate', 'POST /federation/certificates/:kind/promote', 'adfs certificates promote KIND'],
  ['runDeployment', 'POST /network/deployments/:name', 'deployments run NAME'],
  ['synchronize', 'POST /synchronize', 'synchronize'],
  ['injectMessage', 'POST /mail', 'exchange mailboxes messages inject DEPLOYMENT UPN'],
  ['addOutcome', 'POST /tenant/outcomes', 'outcomes add'],
  ['clearOutcomes', 'POST /tenant/outcomes/clear', 'outcomes clear'],
  ['convertDomain', 'POST /tenant/domains/:name', 'domains convert NAME'],
  ['revokeSessions', 'POST /people/:upn/revoke-sessions', 'users revoke-sessions UPN'],
  ['recordCriticalEvent', 'POST /people/:upn/critical-event', 'users critical-events record UPN'],
  ['resetEverything', 'POST /reset', 'reset'],
  ['takeSnapshot', 'POST /worlds/snapshots', 'snapshots take NAME'],
  ['restoreSnapshot', 'POST /worlds/snapshots/:name/restore', 'snapshots restore NAME'],
  ['createStack', 'POST /worlds', 'stacks create'],
  ['applyPreset', 'POST /presets/:id', 'presets apply ID'],
] as const

const open = new AsyncDisposableStack()
let routes: readonly string[]
let document: ApiDocument
let commands: readonly LabCommand[]

beforeAll(async () => {
  const lab = open.use(await openLab([new Peer('entra')]))
  routes = lab.routes
  document = (await lab.call('/api/openapi.json')).json() as ApiDocument
  commands = commandsOf(document)
})

afterAll(() => open.disposeAsync())

const spelled = ({ words, positionals }: LabCommand) =>
  [...words, ...positionals.map((name) => name.toUpperCase())].join(' ')

function operationOf({ path, method }: LabCommand): string | undefined {
  return document.paths[path]?.[method.toLowerCase()]?.operationId
}

describe('whatever steers the world has an operation, a form and a command', () => {
  test.each(steering)('%s: %s, fauxchange %s', (operation, form, command) => {
    const found = commands.find((each) => operationOf(each) === operation)
    expect(found && spelled(found)).toBe(command)
    expect(routes).toContain(form)
  })
})

test('every operation of the API is carried out by one command, and by no other', () => {
  expect(commands.length).toBeGreaterThan(100)
  for (const command of commands) {
    const chosen = chooseCommand(commands, [...command.words, ...command.positionals.map(() => 'x')])
    expect(chosen, spelled(command)).toMatchObject({ command: { path: command.path, method: command.method } })
  }
  const names = commands.map(spelled)
  expect(new Set(names).size).toBe(names.length)
})

test('at least sixty faults can be had by name', () => {
  expect(new Set(faultCatalogue.map(({ id }) => id)).size).toBeGreaterThanOrEqual(60)
})
