// Home realm discovery: at which claims provider somebody signs in. Pure; the page, the cookie and the way to the
// partner are elsewhere. What names a provider outright goes first, then what hints at one, then what is already there
// ("Customize home realm discovery", "Configure AD FS to use the login hint").

/** Active Directory among the claims providers, as the page and `RedirectToIdentityProvider` call it. */
export const adAuthority = 'AD AUTHORITY'

/** The trust of Active Directory, as ClaimsProviderName of relying parties names it. */
export const activeDirectoryName = 'Active Directory'

export interface RealmCandidate {
  readonly identifier: string
  readonly name: string
  readonly suffixes: readonly string[]
}

export interface RealmHint {
  /** The parameter. */
  readonly name: string
  readonly value: string
}

export interface RealmFacts {
  /** Those whose users the relying party takes. */
  readonly candidates: readonly RealmCandidate[]
  /** All others, by identifier: they are there, and not for this relying party. */
  readonly excluded: readonly string[]
  /** Identifiers, the most important one first. */
  readonly named: readonly RealmHint[]
  /** Addresses and domains, the most important one first. */
  readonly hints: readonly RealmHint[]
  /** At which the session of the browser was begun. */
  readonly signedInAt: string | undefined
  /** IntranetUseLocalClaimsProvider, inside. */
  readonly preferActiveDirectory: boolean
  /** What was chosen in this browser before. */
  readonly remembered: string | undefined
}

export type HomeRealm =
  | { readonly kind: 'provider'; readonly identifier: string; readonly reason: string }
  | { readonly kind: 'choose'; readonly reason: string }
  | { readonly kind: 'refuse'; readonly reason: string }

export function homeRealm(facts: RealmFacts): HomeRealm {
  const { candidates, excluded, named } = facts
  const [only, another] = candidates
  if (!only) return { kind: 'refuse', reason: 'the relying party takes users of no claims provider that is enabled' }
  for (const { name, value } of named) {
    const meant = candidateCalled(candidates, value)
    if (meant) return provider(meant, `${name} names it`)
    if (excluded.some((each) => sameText(each, value))) {
      return { kind: 'refuse', reason: `${name} names "${value}", whose users the relying party does not take` }
    }
  }
  const hinted = hintedCandidate(facts)
  if (hinted) return hinted
  if (!another) return provider(only, 'the only one whose users the relying party takes')
  return knownCandidate(facts) ?? { kind: 'choose', reason: `there are ${candidates.length} claims providers` }
}

function hintedCandidate({ candidates, hints }: RealmFacts): HomeRealm | undefined {
  for (const { name, value } of hints) {
    const meant = candidateOf(candidates, value)
    if (meant) return provider(meant, `${name} has its suffix`)
  }
  return undefined
}

function knownCandidate({ candidates, signedInAt, preferActiveDirectory, remembered }: RealmFacts) {
  const current = candidateCalled(candidates, signedInAt)
  if (current) return provider(current, 'there is a session of it')
  const local = preferActiveDirectory ? candidateCalled(candidates, adAuthority) : undefined
  if (local) return provider(local, 'inside, and IntranetUseLocalClaimsProvider')
  const chosen = candidateCalled(candidates, remembered)
  return chosen && provider(chosen, 'it was chosen in this browser before')
}

/** To which an address (`user@fabrikam.com`) or a domain belongs, by its organizational account suffixes. */
export function candidateOf(candidates: readonly RealmCandidate[], address: string): RealmCandidate | undefined {
  const domain = address.trim().replace(/^.*@/, '')
  return candidates.find(({ suffixes }) => suffixes.some((suffix) => sameText(suffix.replace(/^@/, ''), domain)))
}

function candidateCalled(candidates: readonly RealmCandidate[], identifier: string | undefined) {
  return identifier === undefined ? undefined : candidates.find((each) => sameText(each.identifier, identifier))
}

function provider({ identifier, name }: RealmCandidate, reason: string): HomeRealm {
  return { kind: 'provider', identifier, reason: `"${name}": ${reason}` }
}

function sameText(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
