import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import type { Store } from '#shared/store/store.ts'
import { type PasskeyDesk, passkeyViews } from '../passkeys/passkey-rows.ts'
import type { PeopleStore, Person } from '../people/people.ts'
import { createMethodRegistry, type MethodRegistry, type RegisteredMethod } from './methods.ts'
import type { MfaTables } from './mfa-tables.ts'
import { personRow } from './person-row.ts'
import { createRegistrations, type MethodRegistrations, type Registration } from './registrations.ts'
import { createSimulatedPhone, type PushOutcome, type SimulatedPhone } from './simulated-phone.ts'
import { currentCode, enrolmentUri } from './verification-code.ts'

export interface PhoneParts<Schema extends MfaTables> extends Omit<PasskeyDesk, 'people'> {
  readonly store: Store<Schema>
  readonly people: PeopleStore
  readonly scenario: Scenario
  readonly clock: Clock
  readonly random: Random
}

interface Desk {
  readonly phone: SimulatedPhone
  readonly registry: MethodRegistry
  readonly registrations: MethodRegistrations
  readonly clock: Clock
  readonly issuer: string
  readonly passkeys: PasskeyDesk['passkeys']
  readonly phonePasskeys: PasskeyDesk['phonePasskeys']
}

const approvalSchema = z.strictObject({ id: z.string().optional(), number: z.int().optional() }).prefault({})
const denialSchema = z.strictObject({ id: z.string().optional(), reportFraud: z.boolean().optional() }).prefault({})
const callSchema = z.strictObject({ id: z.string().optional(), press: z.enum(['#', '0']) })
const scanSchema = z
  .strictObject({ activationCode: z.string().optional(), deviceName: z.string().min(1).max(60).optional() })
  .prefault({})
const behaviourSchema = z.strictObject({
  push: z.enum(['ask', 'approve', 'deny', 'ignore', 'mistype', 'reportFraud']).exactOptional(),
  voice: z.enum(['ask', 'approve', 'deny', 'ignore', 'reportFraud']).exactOptional(),
  sms: z.enum(['deliver', 'ignore']).exactOptional(),
  afterSeconds: z.number().min(0).max(3600).exactOptional(),
})

/** The phone that somebody would have in hand. */
export function addPhoneRoutes<Schema extends MfaTables>(app: FastifyInstance, parts: PhoneParts<Schema>): void {
  const { people, store, clock, scenario } = parts
  const registry = createMethodRegistry(parts)
  const desk: Desk = {
    phone: createSimulatedPhone(store, clock),
    registry,
    registrations: createRegistrations({ ...parts, registry }),
    clock,
    issuer: scenario.tenant.displayName,
    passkeys: parts.passkeys,
    phonePasskeys: parts.phonePasskeys,
  }
  const row = (handle: (turn: Turn) => Promise<unknown>) =>
    personRow(people, (person, request, reply) => handle({ person, body: request.body ?? undefined, reply, desk }))
  app.get('/mfa/:upn', row(showPhone))
  app.post('/mfa/:upn/approve', row(approve))
  app.post('/mfa/:upn/deny', row(deny))
  app.post('/mfa/:upn/answer-call', row(answerCall))
  app.post('/mfa/:upn/register', row(scan))
  app.put('/mfa/:upn/behaviour', row(setBehaviour))
  app.delete(
    '/mfa/:upn/methods/:id',
    personRow(people, async ({ objectId }, request, reply) => {
      const { id } = request.params as { id: string }
      if (await registry.remove(objectId, id)) return reply.code(204).send()
      return reply.code(404).send({ error: 'This person has no such method.' })
    }),
  )
}

interface Turn {
  readonly person: Person
  readonly body: unknown
  readonly reply: FastifyReply
  readonly desk: Desk
}

async function approve({ person, body, reply, desk }: Turn): Promise<FastifyReply> {
  return answerPush(reply, await desk.phone.approve(person.objectId, approvalSchema.parse(body)))
}

async function deny({ person, body, reply, desk }: Turn): Promise<FastifyReply> {
  return answerPush(reply, await desk.phone.deny(person.objectId, denialSchema.parse(body)))
}

async function answerCall({ person, body, reply, desk }: Turn): Promise<unknown> {
  const answer = await desk.phone.answerCall(person.objectId, callSchema.parse(body))
  if (answer.outcome === 'noRingingCall') return reply.code(404).send({ error: 'No phone of this person rings.' })
  return { id: answer.id, state: answer.outcome }
}

async function setBehaviour({ person, body, desk }: Turn): Promise<unknown> {
  return desk.phone.behaviours.set(person.objectId, behaviourSchema.parse(body ?? {}))
}

function answerPush(reply: FastifyReply, answer: PushOutcome): FastifyReply {
  if (answer.outcome === 'noPendingPush') return reply.code(404).send({ error: 'No sign-in waits for an answer.' })
  if (answer.outcome === 'wrongNumber') {
    const consequence = answer.deniedNow ? 'The sign-in is denied.' : 'Try again.'
    return reply.code(409).send({ error: `This is not the number on the sign-in page. ${consequence}` })
  }
  return reply.send({ id: answer.id, state: answer.outcome })
}

/** The phone's camera is held against the page of a registration. */
async function scan({ person, body, reply, desk }: Turn): Promise<unknown> {
  const outcome = await desk.registrations.scan(person.objectId, scanSchema.parse(body))
  if (outcome.outcome === 'nothingWaits') return reply.code(404).send({ error: 'No page shows a QR code to scan.' })
  if (outcome.outcome === 'wrongCode') return reply.code(409).send({ error: 'This is not the code on the page.' })
  const { id, type, deviceName, secret } = outcome.registration
  const totp = secret === undefined ? undefined : await currentCode(secret, desk.clock.now())
  return { id, type, deviceName, ...(secret !== undefined && { secret, totp }), state: 'scanned' }
}

async function showPhone({ person, desk }: Turn) {
  const { objectId, userPrincipalName } = person
  const methods = await desk.registry.methodsOf(objectId)
  const secret = methods.find((method) => method.type === 'totp')?.secret
  const waiting = await desk.registrations.waitingFor(objectId)
  return {
    userPrincipalName,
    methods: await Promise.all(methods.map((method) => methodView(method, desk.issuer, userPrincipalName))),
    totp: secret === undefined ? null : await currentCode(secret, desk.clock.now()),
    pushes: await desk.phone.pushes(objectId),
    calls: await desk.phone.calls(objectId),
    sms: await desk.phone.messages(objectId),
    registrations: waiting.map(registrationView),
    passkeys: await passkeyViews(desk, objectId),
    behaviour: await desk.phone.behaviours.of(objectId),
  }
}

async function methodView(method: RegisteredMethod, issuer: string, label: string) {
  const { type, id, display, isDefault, secret, phoneNumber, phoneType, deviceName } = method
  const otpauthUri = secret === undefined ? undefined : await enrolmentUri(secret, issuer, label)
  return { type, id, display, isDefault, secret, otpauthUri, phoneNumber, phoneType, deviceName }
}

function registrationView({ id, type, activationCode, createdAt, expiresAt }: Registration) {
  return { id, type, activationCode, createdAt, expiresAt, state: 'waiting' }
}
