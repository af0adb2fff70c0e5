import type { Claim } from '../claim-rules/claim.ts'
import { authenticationMethods, type PrimaryMethod } from '../claims/authentication-methods.ts'
import type { DeviceProof } from '../device-authentication/registered-device.ts'

const maximumParticipants = 50
const maximumSessionIndexes = 20

/** One single sign-on session; every protocol consumes it. MSISAuth refers to it. */
export interface Session {
  /** Names the session inside AD FS, for example in an additional-authentication context; no client ever sees it. */
  readonly id: string
  readonly user: { readonly sid: string; readonly userPrincipalName: string }
  readonly primary: { readonly method: string; readonly instant: string }
  /** The authentication methods references: how the user has proved to be who they are. */
  readonly methods: readonly string[]
  readonly multifactorInstant?: string
  readonly insideCorporateNetwork: boolean
  readonly keepSignedIn: boolean
  /** The registered device is why the sign-in is kept; it ends with the device, or when that is not used. */
  readonly keptByDevice?: true
  /** What the browser has told of its device. */
  readonly device?: DeviceProof
  readonly expiresAt: string
  /** Another claims provider that vouches for the user, and what it says; absent for accounts of Active Directory. */
  readonly provider?: { readonly identifier: string; readonly claims: readonly Claim[] }
  /** The SAML service providers that have had an assertion of this session. */
  readonly participants?: readonly SamlParticipant[]
  /** The request for which credentials were just given; it counts as fresh once. */
  readonly freshFor?: string
}

/** How a SAML service provider knows the user of a session. */
export interface SamlParticipant {
  /** The object identifier of its trust. */
  readonly trust: string
  /** By which it calls itself. */
  readonly identifier: string
  readonly nameId?: string | undefined
  readonly format?: string | undefined
  readonly nameQualifier?: string | undefined
  readonly spNameQualifier?: string | undefined
  readonly sessionIndexes: readonly string[]
}

export interface PrimarySignIn {
  readonly id: string
  readonly user: Session['user']
  /** How the user has just proved who they are. */
  readonly by: PrimaryMethod
  readonly now: Date
  readonly lifetimeMinutes: number
  readonly insideCorporateNetwork: boolean
  readonly keepSignedIn: boolean
  readonly keptByDevice?: boolean
  readonly device?: DeviceProof | undefined
  readonly freshFor: string
}

export function sessionAfterPrimary(signIn: PrimarySignIn): Session {
  const { id, user, by, now, insideCorporateNetwork, keepSignedIn, freshFor } = signIn
  return {
    id,
    user: { sid: user.sid, userPrincipalName: user.userPrincipalName },
    primary: { method: by.method, instant: now.toISOString() },
    methods: [by.reference],
    insideCorporateNetwork,
    keepSignedIn,
    ...(signIn.keptByDevice && { keptByDevice: true as const }),
    ...(signIn.device && { device: signIn.device }),
    expiresAt: new Date(now.getTime() + signIn.lifetimeMinutes * 60_000).toISOString(),
    freshFor,
  }
}

export function sessionAfterSecondFactor(session: Session, methodUri: string | undefined, now: Date): Session {
  const added = [authenticationMethods.multipleAuthentication, ...(methodUri === undefined ? [] : [methodUri])]
  const methods = [...new Set([...session.methods, ...added])]
  return { ...session, methods, multifactorInstant: now.toISOString() }
}

/** Fresh credentials are good for one token; the next request that wants fresh ones asks again. */
export function sessionAfterToken(session: Session, participant?: SamlParticipant): Session {
  const { freshFor: _used, ...rest } = session
  if (!participant) return rest
  return { ...rest, participants: withParticipant(rest.participants ?? [], participant) }
}

function withParticipant(known: readonly SamlParticipant[], added: SamlParticipant): readonly SamlParticipant[] {
  const same = known.find(({ identifier, nameId }) => identifier === added.identifier && nameId === added.nameId)
  const sessionIndexes = [...(same?.sessionIndexes ?? []), ...added.sessionIndexes].slice(-maximumSessionIndexes)
  return [...known.filter((each) => each !== same), { ...added, sessionIndexes }].slice(-maximumParticipants)
}

export function hasSecondFactor(session: Session): boolean {
  return session.methods.includes(authenticationMethods.multipleAuthentication)
}
