import { z } from 'zod'
import { type ApiRoute, apiRoute } from '../api/route.ts'
import { ask, type Manage } from '../peers/ask.ts'
import { directoryPath as path, readCycles, synchronize } from './active-directory.ts'
import { registeredDeviceRoutes } from './device-routes.ts'
import { cycleSchema, directoryUserSchema, newUserSchema, userChangeSchema, usersSchema } from './schemas.ts'

const deployment = 'directory'
const userParameters = z.strictObject({ upn: z.string().min(1).describe('The user principal name.') })
const memberParameters = z.strictObject({ name: z.string().min(1).describe('The group.'), upn: z.string().min(1) })
const done = z.object({})

export function directoryRoutes(manage: Manage): readonly ApiRoute[] {
  return [
    ...userRoutes(manage),
    ...changeRoutes(manage),
    ...memberRoutes(manage),
    ...registeredDeviceRoutes(manage),
    ...synchronizationRoutes(manage),
  ]
}

function userRoutes(manage: Manage) {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/directory/users',
      name: 'listUsers',
      summary: 'The accounts of Active Directory',
      answer: usersSchema,
      refusals: ['deploymentUnreachable'],
      handle: () => ask(manage, { deployment, path: '/users' }, usersSchema),
    }),
    apiRoute({
      method: 'POST',
      path: '/api/directory/users',
      name: 'createUser',
      summary: 'Create an account in Active Directory',
      description: 'Entra ID knows it after the next synchronization.',
      body: newUserSchema,
      status: 201,
      answer: directoryUserSchema,
      refusals: ['notFound', 'conflict', 'deploymentUnreachable'],
      handle: ({ body }) =>
        ask(manage, { deployment, path: '/users', method: 'POST', json: body }, directoryUserSchema),
    }),
  ]
}

function changeRoutes(manage: Manage) {
  return [
    apiRoute({
      method: 'PATCH',
      path: '/api/directory/users/{upn}',
      name: 'changeUser',
      summary: 'Change an account: password, enabled, locked out, password expired, name',
      parameters: userParameters,
      body: userChangeSchema,
      answer: directoryUserSchema,
      refusals: ['notFound', 'deploymentUnreachable'],
      handle: ({ parameters: { upn }, body }) =>
        ask(manage, { deployment, path: path`/users/${upn}`, method: 'PATCH', json: body }, directoryUserSchema),
    }),
    apiRoute({
      method: 'DELETE',
      path: '/api/directory/users/{upn}',
      name: 'deleteUser',
      summary: 'Delete an account',
      parameters: userParameters,
      answer: done,
      refusals: ['notFound', 'deploymentUnreachable'],
      handle: ({ parameters: { upn } }) =>
        ask(manage, { deployment, path: path`/users/${upn}`, method: 'DELETE' }, done),
    }),
  ]
}

function memberRoutes(manage: Manage) {
  const membership = (method: 'PUT' | 'DELETE', facts: { name: string; summary: string }) =>
    apiRoute({
      method,
      path: '/api/directory/groups/{name}/members/{upn}',
      ...facts,
      parameters: memberParameters,
      answer: done,
      refusals: ['notFound', 'deploymentUnreachable'],
      handle: ({ parameters: { name, upn } }) =>
        ask(manage, { deployment, path: path`/groups/${name}/members/${upn}`, method }, done),
    })
  return [
    membership('PUT', { name: 'addMember', summary: 'Add an account to a group' }),
    membership('DELETE', { name: 'removeMember', summary: 'Remove an account from a group' }),
  ]
}

function synchronizationRoutes(manage: Manage) {
  return [
    apiRoute({
      method: 'POST',
      path: '/api/synchronize',
      name: 'synchronize',
      summary: 'Run an Entra Connect cycle now',
      description:
        'A delta cycle takes what changed to Entra ID, a full one everything. It runs by itself every 30 minutes of the stack’s clock.',
      body: z.strictObject({ full: z.boolean().default(false) }).prefault({}),
      answer: cycleSchema,
      refusals: ['deploymentFailed', 'deploymentUnreachable'],
      handle: ({ body }) => synchronize(manage, body.full),
    }),
    apiRoute({
      method: 'GET',
      path: '/api/synchronizations',
      name: 'listSynchronizations',
      summary: 'The latest Entra Connect cycles, newest first',
      answer: z.object({ cycles: z.array(cycleSchema) }),
      refusals: ['deploymentUnreachable'],
      handle: async () => ({ cycles: await readCycles(manage) }),
    }),
  ]
}
