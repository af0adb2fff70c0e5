import type { FastifyInstance } from 'fastify'
import { addPasskeyRows, type PasskeyDesk } from '../passkeys/passkey-rows.ts'
import type { Person } from '../people/people.ts'
import { addAccessPassRoutes } from './access-pass-routes.ts'
import type { MfaTables } from './mfa-tables.ts'
import { addPhoneRoutes, type PhoneParts } from './phone-routes.ts'

/** Rows of the management port: the simulated phone, Temporary Access Passes, the people. */
export function addManagementRoutes<Schema extends MfaTables>(
  app: FastifyInstance,
  parts: PhoneParts<Schema> & PasskeyDesk,
): void {
  const { people } = parts
  addPhoneRoutes(app, parts)
  addPasskeyRows(app, parts)
  addAccessPassRoutes(app, parts)
  app.get('/users', async () => ({ users: (await people.list()).map(userView) }))
}

function userView({ userPrincipalName, objectId, displayName, source, accountEnabled, licensed }: Person) {
  return { userPrincipalName, objectId, displayName, source, enabled: accountEnabled, licensed }
}
