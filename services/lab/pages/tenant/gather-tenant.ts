import { readRegisteredDevices } from '../../directory/active-directory.ts'
import { LabError } from '../../errors.ts'
import type { Said } from '../../page-actions.ts'
import type { LabParts } from '../../parts.ts'
import { readPhone } from '../../phone/phone.ts'
import {
  readAccessPass,
  readDevices,
  readDomains,
  readKeys,
  readOutcomes,
  readRisk,
  readTenantUsers,
  readWhereabouts,
} from '../../tenant/tenant.ts'
import { stackTime } from '../stack-time.ts'
import type { PersonView } from './person-page.ts'
import type { TenantView } from './tenant-page.ts'

export async function gatherTenant(parts: LabParts, { notice, problem }: Said): Promise<TenantView> {
  const { manage } = parts
  const [users, devices, registered, domains, outcomes, keys, time] = await Promise.all([
    readTenantUsers(manage),
    readDevices(manage),
    readRegisteredDevices(manage),
    readDomains(manage),
    readOutcomes(manage),
    readKeys(manage),
    stackTime(parts),
  ])
  return { users, devices, registered, domains, outcomes, keys, time, notice, problem }
}

/** @throws LabError for somebody whom the tenant does not have. */
export async function gatherPerson(parts: LabParts, upn: string, said: Said): Promise<PersonView> {
  const { manage } = parts
  const users = await readTenantUsers(manage)
  const person = users.find(({ userPrincipalName }) => userPrincipalName.toLowerCase() === upn.toLowerCase())
  if (!person) throw new LabError('notFound', { message: 'The tenant has no such account. Was it synchronized?' })
  const [risk, { address }, pass, phone, time] = await Promise.all([
    readRisk(manage, upn),
    readWhereabouts(manage, upn),
    readAccessPass(manage, upn),
    readPhone(manage, upn),
    stackTime(parts),
  ])
  const locations = parts.scenario.entra.namedLocations.flatMap((location) => {
    const [range] = 'ipRanges' in location ? (location.ipRanges ?? []) : []
    return range === undefined ? [] : [{ name: location.displayName, range }]
  })
  return { person, risk, address, locations, pass, methods: phone.methods, time, ...said }
}
