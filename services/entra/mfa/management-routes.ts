import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Clock } from '#shared/clock.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import type { Store } from '#shared/store/store.ts'
import type { PeopleStore, Person } from '../people/people.ts'
import type { SignInLog } from '../sign-in-log/sign-in-log.ts'
import { createMethodRegistry, type RegisteredMethod } from './methods.ts'
import type { MfaTables } from './mfa-tables.ts'
import { createSimulatedPhone, type PushOutcome } from './simulated-phone.ts'
import { currentCode, enrolmentUri } from './verification-code.ts'

export interface PhoneManagementParts<Schema extends MfaTables> {
  readonly store: Store<Schema>
  readonly people: PeopleStore
  readonly signIns: SignInLog
  readonly scenario: Scenario
  readonly clock: Clock
}

const answerSchema = z.strictObject({ id: z.string().optional(), number: z.int().optional() }).prefault({})
const denialSchema = z.strictObject({ id: z.string().optional() }).prefault({})

/** Rows of the management port: the simulated phone, the sign-in log, the people. */
export function addManagementRoutes<Schema extends MfaTables>(
  app: FastifyInstance,
  parts: PhoneManagementParts<Schema>,
): void {
  const { people, signIns, store, clock } = parts
  const phone = createSimulatedPhone(store, clock)
  app.get('/mfa/:upn', async (request, reply) => {
    const person = await personOf(request, people)
    return person ? phoneView(person, parts) : unknownPerson(reply)
  })
  app.post('/mfa/:upn/approve', async (request, reply) => {
    const person = await personOf(request, people)
    const answer = answerSchema.parse(request.body ?? undefined)
    return person ? answerPush(reply, await phone.approve(person.objectId, answer)) : unknownPerson(reply)
  })
  app.post('/mfa/:upn/deny', async (request, reply) => {
    const person = await personOf(request, people)
    const answer = denialSchema.parse(request.body ?? undefined)
    return person ? answerPush(reply, await phone.deny(person.objectId, answer)) : unknownPerson(reply)
  })
  app.get('/signins', async (request) => {
    const { user } = request.query as { user?: string }
    return { signIns: await signIns.list({ userPrincipalName: user }) }
  })
  app.get('/users', async () => ({ users: (await people.list()).map(userView) }))
}

function personOf(request: FastifyRequest, people: PeopleStore): Promise<Person | undefined> {
  return people.byUserPrincipalName((request.params as { upn: string }).upn)
}

function unknownPerson(reply: FastifyReply): FastifyReply {
  return reply.code(404).send({ error: 'The tenant has no such account. Was it synchronized?' })
}

function answerPush(reply: FastifyReply, answer: PushOutcome): FastifyReply {
  if (answer.outcome === 'noPendingPush') return reply.code(404).send({ error: 'No sign-in waits for an answer.' })
  if (answer.outcome === 'wrongNumber') {
    const consequence = answer.deniedNow ? 'The sign-in is denied.' : 'Try again.'
    return reply.code(409).send({ error: `This is not the number on the sign-in page. ${consequence}` })
  }
  return reply.send({ id: answer.id, state: answer.outcome })
}

async function phoneView<Schema extends MfaTables>(
  person: Person,
  { store, scenario, clock }: PhoneManagementParts<Schema>,
) {
  const phone = createSimulatedPhone(store, clock)
  const methods = await createMethodRegistry(store).methodsOf(person.objectId)
  const secret = methods.find((method) => method.type === 'totp')?.secret
  return {
    userPrincipalName: person.userPrincipalName,
    methods: await Promise.all(
      methods.map((method) => methodView(method, scenario.tenant.displayName, person.userPrincipalName)),
    ),
    totp: secret === undefined ? null : await currentCode(secret, clock.now()),
    pushes: await phone.pushes(person.objectId),
    sms: await phone.messages(person.objectId),
  }
}

async function methodView(method: RegisteredMethod, issuer: string, label: string) {
  const { type, id, display, isDefault, secret, phoneNumber, deviceName } = method
  const otpauthUri = secret === undefined ? undefined : await enrolmentUri(secret, issuer, label)
  return { type, id, display, isDefault, secret, otpauthUri, phoneNumber, deviceName }
}

function userView({ userPrincipalName, objectId, displayName, source, accountEnabled, licensed }: Person) {
  return { userPrincipalName, objectId, displayName, source, enabled: accountEnabled, licensed }
}
