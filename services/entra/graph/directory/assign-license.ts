import { z } from 'zod'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'
import type { GraphAnswer, GraphCall } from '../operation.ts'
import { readBody } from '../read-body.ts'
import { findUser } from './find-user.ts'
import { licence, userRecord } from './user-record.ts'

const schema = z.strictObject({
  addLicenses: z.array(z.strictObject({ skuId: z.guid(), disabledPlans: z.array(z.guid()).default([]) })),
  removeLicenses: z.array(z.guid()),
})

/** "user: assignLicense": the tenant has one subscription, Microsoft 365 E3. */
export async function assignLicense(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const person = await findUser(services, call)
  const { addLicenses, removeLicenses } = readBody(call, schema, 'User')
  const foreign = [...addLicenses.map(({ skuId }) => skuId), ...removeLicenses].find((id) => id !== licence.skuId)
  if (foreign !== undefined)
    throw new GraphError('propertyInvalid', {
      values: { property: 'skuId', resource: 'User' },
      reason: `License ${foreign} does not correspond to a valid company License: there is ${licence.skuId}`,
    })
  const licensed = addLicenses.length > 0 || (person.licensed && removeLicenses.length === 0)
  if (licensed !== person.licensed) await services.licences.set(person, licensed)
  return { status: 200, body: userRecord(services, { ...person, licensed }) }
}
