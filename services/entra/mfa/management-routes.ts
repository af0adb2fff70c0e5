import type { FastifyInstance } from 'fastify'
import type { Person } from '../people/people.ts'
import type { SignInLog } from '../sign-in-log/sign-in-log.ts'
import { addAccessPassRoutes } from './access-pass-routes.ts'
import type { MfaTables } from './mfa-tables.ts'
import { addPhoneRoutes, type PhoneParts } from './phone-routes.ts'

export interface PhoneManagementParts<Schema extends MfaTables> extends PhoneParts<Schema> {
  readonly signIns: SignInLog
}

/** Rows of the management port: the simulated phone, Temporary Access Passes, the sign-in log, the people. */
export function addManagementRoutes<Schema extends MfaTables>(
  app: FastifyInstance,
  parts: PhoneManagementParts<Schema>,
): void {
  const { people, signIns } = parts
  addPhoneRoutes(app, parts)
  addAccessPassRoutes(app, parts)
  app.get('/signins', async (request) => {
    const { user } = request.query as { user?: string }
    return { signIns: await signIns.list({ userPrincipalName: user }) }
  })
  app.get('/users', async () => ({ users: (await people.list()).map(userView) }))
}

function userView({ userPrincipalName, objectId, displayName, source, accountEnabled, licensed }: Person) {
  return { userPrincipalName, objectId, displayName, source, enabled: accountEnabled, licensed }
}
