import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ProtocolError } from '#shared/errors.ts'
import { surfaceErrors } from '#shared/http/server.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { PeopleStore, Person } from '../people/people.ts'
import { MalformedRequest } from './malformed-request.ts'
import type { RegisteredMethod } from './methods.ts'
import type { MfaService } from './mfa-service.ts'

export interface ConnectorParts {
  /** The host that answers, such as adnotifications.windowsazure.com. */
  readonly host: string
  readonly people: PeopleStore
  readonly mfa: MfaService
  readonly authenticateMachine: DeploymentContext['authenticateMachine']
}

/** The federation service, and the sessions that it began. */
const federationService = 'adfs'
const base = '/StrongAuthenticationService.svc/Connector'

/** The adapter knows no calls and no passkeys. */
const methodId = z.enum(['PhoneAppNotification', 'PhoneAppOTP', 'OneWaySMS'])
const methodsSchema = z.object({ userPrincipalName: z.string(), contextId: z.string() })
const beginSchema = methodsSchema.extend({ authMethodId: methodId, callerIp: z.string(), callerName: z.string() })
const endSchema = z.object({ sessionId: z.string(), additionalAuthData: z.string().optional() })

/** The second factor for AD FS: StrongAuthenticationService.svc/Connector, in JSON. */
export function addConnectorRoutes(app: FastifyInstance, parts: ConnectorParts): void {
  app.register(async (scope) => {
    surfaceErrors(scope, writeConnectorError)
    scope.addHook('onRequest', async (request) => {
      await parts.authenticateMachine(request, [federationService])
    })
    const constraints = { host: parts.host }
    scope.post(`${base}/GetAvailableAuthenticationMethods`, { constraints }, (request) => listMethods(request, parts))
    scope.post(`${base}/BeginTwoWayAuthentication`, { constraints }, (request) => begin(request, parts))
    scope.post(`${base}/EndTwoWayAuthentication`, { constraints }, (request) => end(request, parts))
  })
}

async function listMethods(request: FastifyRequest, parts: ConnectorParts) {
  const { userPrincipalName } = read(methodsSchema, request)
  const { result, methods } = await userOfMfa(userPrincipalName, parts)
  note(request, result, userPrincipalName)
  return {
    result,
    methods: methods.map(({ authMethodId, display, isDefault }) => ({ authMethodId, display, isDefault })),
  }
}

async function begin(request: FastifyRequest, parts: ConnectorParts) {
  const asked = read(beginSchema, request)
  const { result, person } = await userOfMfa(asked.userPrincipalName, parts)
  if (result !== 'Success' || !person) {
    note(request, result, asked.userPrincipalName)
    return { result }
  }
  const beginning = await parts.mfa.begin({
    person,
    authMethodId: asked.authMethodId,
    application: asked.callerName,
    address: asked.callerIp,
    caller: federationService,
  })
  note(request, beginning.result, asked.userPrincipalName, { authMethodId: asked.authMethodId })
  if (beginning.result !== 'Success')
    return { result: beginning.result === 'NoSuchMethod' ? 'NoMethods' : beginning.result }
  return { result: beginning.result, sessionId: beginning.sessionId, entropy: beginning.entropy }
}

async function end(request: FastifyRequest, { mfa }: ConnectorParts) {
  const { sessionId, additionalAuthData } = read(endSchema, request)
  const owner = { caller: federationService }
  const result = await mfa.verify(sessionId, owner, additionalAuthData)
  request.recording.note({ decision: `secondFactor${result}` })
  if (result === 'Success' && !(await mfa.redeem(sessionId, owner))) return { result: 'NoSuchSession' }
  return { result: result === 'FraudReported' ? 'Denied' : result }
}

interface UserOfMfa {
  readonly result: 'Success' | 'UserNotFound' | 'UserNotLicensed' | 'NoMethods'
  readonly person?: Person
  readonly methods: readonly RegisteredMethod[]
}

async function userOfMfa(userPrincipalName: string, { people, mfa }: ConnectorParts): Promise<UserOfMfa> {
  const person = await people.byUserPrincipalName(userPrincipalName)
  if (!person) return { result: 'UserNotFound', methods: [] }
  if (!person.licensed) return { result: 'UserNotLicensed', methods: [] }
  const methods = (await mfa.methodsOf(person.objectId)).filter((each) => methodId.safeParse(each.authMethodId).success)
  return { result: methods.length > 0 ? 'Success' : 'NoMethods', person, methods }
}

function note(request: FastifyRequest, result: string, user: string, detail: Record<string, unknown> = {}): void {
  const refusal = result === 'Success' ? {} : { reason: `the MFA service answers ${result}` }
  request.recording.note({ decision: `mfaService${result}`, user, detail, ...refusal })
}

function read<Schema extends z.ZodType>(schema: Schema, request: FastifyRequest): z.output<Schema> {
  const result = schema.safeParse(request.body)
  if (result.success) return result.data
  throw new MalformedRequest(z.prettifyError(result.error))
}

function writeConnectorError(error: ProtocolError, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.code(error.status).send({ error: error.code, message: error.message, detail: error.reason })
}
