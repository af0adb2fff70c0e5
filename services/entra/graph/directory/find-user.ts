import type { Person } from '../../people/people.ts'
import { found } from '../answers.ts'
import type { GraphServices } from '../graph-services.ts'
import { type GraphCall, key } from '../operation.ts'

/** The account that the path names by object id or by user principal name. */
export async function findUser({ people }: Pick<GraphServices, 'people'>, call: GraphCall): Promise<Person> {
  const id = key(call, 'userId').replace(/^userPrincipalName=/i, '')
  const person = id.includes('@') ? await people.byUserPrincipalName(id) : await people.byObjectId(id)
  return found(person, id)
}
