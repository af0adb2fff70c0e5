import type { Person } from '../../people/people.ts'
import type { GraphServices } from '../graph-services.ts'
import type { GraphRecord } from '../odata/filter-predicate.ts'

/** "Product names and service plan identifiers for licensing": Microsoft 365 E3. */
export const licence = { skuId: '05e9a617-0261-4cee-bb44-138d3ef5d965', disabledPlans: [] }

/** [Graph] user. */
export function userRecord({ config }: Pick<GraphServices, 'config'>, person: Person): GraphRecord {
  const name = person.userPrincipalName
  return {
    id: person.objectId,
    businessPhones: [],
    displayName: person.displayName,
    givenName: person.givenName ?? null,
    jobTitle: person.jobTitle ?? null,
    mail: person.mail ?? null,
    mobilePhone: person.mobilePhone ?? null,
    officeLocation: null,
    preferredLanguage: null,
    surname: person.surname ?? null,
    userPrincipalName: name,
    accountEnabled: person.accountEnabled,
    assignedLicenses: person.licensed ? [licence] : [],
    department: person.department ?? null,
    identities: [{ signInType: 'userPrincipalName', issuer: config.tenant.initialDomain, issuerAssignedId: name }],
    otherMails: [],
    passwordPolicies: null,
    passwordProfile: null,
    proxyAddresses: person.mail === undefined ? [] : [`SMTP:${person.mail}`],
    usageLocation: config.tenant.countryCode,
    userType: 'Member',
    ...onPremisesMembers(person),
  }
}

function onPremisesMembers(person: Person): GraphRecord {
  const synchronized = person.source === 'synchronized'
  return {
    mailNickname: person.samAccountName ?? person.userPrincipalName.split('@')[0],
    onPremisesImmutableId: person.immutableId ?? null,
    onPremisesSamAccountName: person.samAccountName ?? null,
    onPremisesSecurityIdentifier: person.sid ?? null,
    onPremisesSyncEnabled: synchronized ? true : null,
    onPremisesUserPrincipalName: synchronized ? person.userPrincipalName : null,
  }
}

/** What is looked up for the records of a page only. */
export function completeUser({ revocations }: Pick<GraphServices, 'revocations'>) {
  return async (record: GraphRecord): Promise<GraphRecord> => {
    const { validFrom } = await revocations.standing(String(record.id))
    const instant = validFrom === 0 ? null : new Date(validFrom).toISOString()
    return { ...record, signInSessionsValidFromDateTime: instant, refreshTokensValidFromDateTime: instant }
  }
}
