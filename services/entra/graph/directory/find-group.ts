import type { DirectoryGroup } from '../../people/groups.ts'
import { found } from '../answers.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'
import { type GraphCall, key } from '../operation.ts'

export async function findGroup({ groups }: GraphServices, call: GraphCall): Promise<DirectoryGroup> {
  const id = key(call, 'groupId')
  return found(await groups.byObjectId(id), id)
}

/** The directory on premises is the master of what comes from it. */
export async function findCloudGroup(services: GraphServices, call: GraphCall): Promise<DirectoryGroup> {
  const group = await findGroup(services, call)
  if (group.source === 'cloud') return group
  throw new GraphError('synchronizedProperty', {
    reason: `${group.displayName} is synchronized: change it on premises`,
  })
}
