import { type ApiRoute, apiRoute } from '../api/route.ts'
import type { Manage } from '../peers/ask.ts'
import { addedRegistrationSchema, addRegistration, newRegistrationSchema } from './applications.ts'

export function registrationRoutes(manage: Manage): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'POST',
      path: '/api/applications',
      name: 'addApplication',
      summary: 'Add an app registration with its service principal, usable at once',
      body: newRegistrationSchema,
      status: 201,
      answer: addedRegistrationSchema,
      refusals: ['invalidRequest', 'conflict', 'deploymentUnreachable'],
      handle: async ({ body, request }) => {
        const added = await addRegistration(manage, body)
        request.recording.note({ decision: 'addApplication', detail: { appId: added.appId } })
        return added
      },
    }),
  ]
}
