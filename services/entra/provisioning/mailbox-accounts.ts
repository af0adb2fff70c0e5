import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { surfaceErrors } from '#shared/http/server.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { CloudAccounts } from '../people/cloud-accounts.ts'
import { newPasswordRefusal } from '../people/password-policy.ts'
import type { PeopleStore } from '../people/people.ts'
import { readBody } from './provisioning-error.ts'

export interface MailboxAccountParts {
  readonly host: string
  readonly tenantId: string
  readonly people: PeopleStore
  readonly accounts: CloudAccounts
  /** Deletes an account as an administrator does. */
  readonly remove: (objectId: string) => Promise<void>
  readonly authenticateMachine: DeploymentContext['authenticateMachine']
}

const newAccountSchema = z.strictObject({
  userPrincipalName: z.email(),
  password: z.string().min(1).max(256),
  displayName: z.string().min(1).max(256),
  givenName: z.string().max(256).optional(),
  surname: z.string().max(256).optional(),
  mustChangePassword: z.boolean(),
  accountEnabled: z.boolean().default(true),
})

/** The accounts that Exchange Online makes and removes with their mailboxes (New-Mailbox, Remove-Mailbox). */
export function addMailboxAccountRoutes(app: FastifyInstance, parts: MailboxAccountParts): void {
  app.register(async (scope) => {
    surfaceErrors(scope, (error, _request, reply) => reply.code(error.status).send({ error: error.code }))
    scope.addHook('onRequest', async (request) => void (await parts.authenticateMachine(request, ['exchange-online'])))
    const constraints = { host: parts.host }
    const url = `/recipients/${parts.tenantId}/users`
    scope.post(url, { constraints }, async (request, reply) => {
      const { password, mustChangePassword, ...wanted } = readBody(newAccountSchema, request.body)
      const refusal = refusalOf(parts, wanted.userPrincipalName, password)
      if (refusal !== undefined) return reply.code(400).send({ error: refusal })
      const details = { ...wanted, mail: wanted.userPrincipalName }
      const objectId = await parts.accounts.create(details, { password, mustChange: mustChangePassword })
      if (objectId === undefined) return reply.code(409).send({ error: 'nameTaken' })
      request.recording.note({ decision: 'accountCreated', user: wanted.userPrincipalName })
      return reply.code(201).send({ objectId })
    })
    scope.delete<{ Params: { objectId: string } }>(`${url}/:objectId`, { constraints }, async (request, reply) => {
      const person = await parts.people.byObjectId(request.params.objectId)
      if (!person) return reply.code(404).send({ error: 'unknownUser' })
      if (person.source !== 'cloud') return reply.code(409).send({ error: 'synchronized' })
      await parts.remove(person.objectId)
      request.recording.note({ decision: 'accountRemoved', user: person.userPrincipalName })
      return reply.code(204).send()
    })
  })
}

/** The accounts of a federated domain are made where it signs people in. */
function refusalOf({ people }: MailboxAccountParts, userPrincipalName: string, password: string): string | undefined {
  const domain = people.domainOf(userPrincipalName)
  if (!domain || domain.authentication === 'federated') return 'foreignDomain'
  return newPasswordRefusal({ userPrincipalName }, { current: '', next: password }) ? 'weakPassword' : undefined
}
