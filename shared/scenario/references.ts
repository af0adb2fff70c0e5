import type { Located } from './positions.ts'
import { accountReferences } from './references-accounts.ts'
import { applicationReferences } from './references-applications.ts'
import { conditionalAccessReferences } from './references-conditional-access.ts'
import { federationReferences } from './references-federation.ts'
import { membershipReferences } from './references-membership.ts'
import { publicationReferences } from './references-publication.ts'

type ReferenceCheck = (world: unknown) => readonly Located[]

const checks: readonly ReferenceCheck[] = [
  accountReferences,
  membershipReferences,
  federationReferences,
  applicationReferences,
  publicationReferences,
  conditionalAccessReferences,
]

/** What no schema can see: names that nothing bears, names that two things bear, and fields that contradict each other. */
export function checkReferences(world: unknown): readonly Located[] {
  return checks.flatMap((check) => check(world))
}
