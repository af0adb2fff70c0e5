import { z } from 'zod'
import { apiRoute } from '../api/route.ts'
import type { WorldSnapshot, WorldSnapshots } from './world-snapshots.ts'

const nameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, dots, dashes; up to 64')

const snapshotSchema = z.object({
  name: z.string(),
  takenAt: z.iso.datetime().describe('By the clock of the stack.'),
})

const parameters = z.object({ name: nameSchema })
const path = '/api/snapshots/{name}'

export function snapshotRoutes(snapshots: WorldSnapshots) {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/snapshots',
      name: 'listSnapshots',
      summary: 'The snapshots that can be restored',
      answer: z.object({ snapshots: z.array(snapshotSchema) }),
      handle: async () => ({ snapshots: snapshots.list().map(viewOf) }),
    }),
    apiRoute({
      method: 'PUT',
      path,
      name: 'takeSnapshot',
      summary: 'Keep the state of everything under a name',
      description:
        'Accounts, passwords, sessions, policies, mailboxes, devices, trusts, and how the clock stands. Kept in memory until it is dropped. One of the same name is replaced.',
      parameters,
      answer: snapshotSchema,
      refusals: ['conflict', 'snapshotIncomplete'],
      handle: async ({ parameters: { name } }) => viewOf(await snapshots.take(name)),
    }),
    apiRoute({
      method: 'POST',
      path: '/api/snapshots/{name}/restore',
      name: 'restoreSnapshot',
      summary: 'Everything back to a snapshot',
      description: 'Journals and faults are cleared, held requests end. A reset still leads to the scenario.',
      parameters,
      answer: snapshotSchema,
      refusals: ['notFound', 'clockIncomplete', 'snapshotIncomplete'],
      handle: async ({ parameters: { name } }) => viewOf(await snapshots.restore(name)),
    }),
    apiRoute({
      method: 'DELETE',
      path,
      name: 'dropSnapshot',
      summary: 'Forget a snapshot',
      parameters,
      answer: z.object({ name: z.string() }),
      refusals: ['notFound', 'snapshotIncomplete'],
      handle: ({ parameters: { name } }) => snapshots.drop(name).then(() => ({ name })),
    }),
  ]
}

function viewOf({ name, takenAt }: WorldSnapshot) {
  return { name, takenAt: takenAt.toISOString() }
}
