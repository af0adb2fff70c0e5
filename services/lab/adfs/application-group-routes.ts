import { z } from 'zod'
import { type ApiRoute, apiRoute } from '../api/route.ts'
import { directoryPath as path } from '../directory/active-directory.ts'
import { ask, type Manage } from '../peers/ask.ts'

const deployment = 'adfs'
const group = z.looseObject({ name: z.string() })
const list = z.object({ applicationGroups: z.array(group) })

/** Application groups of AD FS, a whole one at a time. */
export function applicationGroupRoutes(manage: Manage): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/adfs/application-groups',
      name: 'listApplicationGroups',
      summary: 'Applications that speak OAuth 2.0 and OpenID Connect with AD FS (Get-AdfsApplicationGroup)',
      description: 'Secrets are not shown.',
      answer: list,
      refusals: ['deploymentUnreachable'],
      handle: () => ask(manage, { deployment, path: '/application-groups' }, list),
    }),
    apiRoute({
      method: 'PUT',
      path: '/api/adfs/application-groups',
      name: 'putApplicationGroup',
      summary: 'Create an application group, or replace the one of the same name',
      description: 'The fields are those of the scenario.',
      body: group,
      answer: group,
      refusals: ['invalidRequest', 'conflict', 'deploymentUnreachable'],
      handle: ({ body }) => ask(manage, { deployment, path: '/application-groups', method: 'PUT', json: body }, group),
    }),
    apiRoute({
      method: 'DELETE',
      path: '/api/adfs/application-groups/{name}',
      name: 'deleteApplicationGroup',
      summary: 'Delete an application group',
      parameters: z.strictObject({ name: z.string().min(1).describe('The name of the group.') }),
      answer: z.object({}),
      refusals: ['notFound', 'deploymentUnreachable'],
      handle: ({ parameters: { name } }) =>
        ask(manage, { deployment, path: path`/application-groups/${name}`, method: 'DELETE' }, z.object({})),
    }),
  ]
}
