import type { FastifyReply } from 'fastify'
import type { AdfsConfig } from '../config.ts'
import type { Session } from '../sessions/session.ts'
import type { ConversationParts } from '../sign-in/conversation.ts'
import type { SignInRequest } from '../sign-in/sign-in-request.ts'
import type { Visit } from '../sign-in/visit.ts'
import {
  activeDirectoryName,
  adAuthority,
  candidateOf,
  type HomeRealm,
  homeRealm,
  type RealmCandidate,
} from './home-realm.ts'
import { rememberedProvider } from './selection-cookie.ts'

/** The query parameter that carries a choice of the page, as on AD FS's redirects to itself. */
const choiceParameter = 'RedirectToIdentityProvider'

export interface Realms {
  readonly candidates: readonly RealmCandidate[]
  readonly excluded: readonly string[]
}

/** Active Directory and the partners that are enabled, parted by ClaimsProviderName of the relying party. */
export function realmsFor({ trust }: Pick<SignInRequest, 'trust'>, config: RealmConfig): Realms {
  const { trusts, homeRealmDiscovery, displayName } = config
  const partners = trusts.claimsProviders
    .filter(({ settings }) => settings.enabled)
    .map(({ settings }) => ({
      trust: settings.name,
      identifier: settings.identifier,
      name: settings.name,
      suffixes: settings.organizationalAccountSuffixes,
    }))
  const { activeDirectorySuffixes: suffixes } = homeRealmDiscovery
  const local = { trust: activeDirectoryName, identifier: adAuthority, name: displayName, suffixes }
  const { claimsProviderNames } = trust.settings
  const takes = (name: string) => claimsProviderNames.length === 0 || claimsProviderNames.includes(name)
  const all = [local, ...partners]
  return {
    candidates: all.filter((each) => takes(each.trust)),
    excluded: all.filter((each) => !takes(each.trust)).map(({ identifier }) => identifier),
  }
}

type RealmConfig = Pick<AdfsConfig, 'trusts' | 'homeRealmDiscovery' | 'displayName' | 'identifier'>

/** Where this request has to be signed in to. */
export function homeRealmOf(
  { query, request, facts }: Visit,
  signIn: SignInRequest,
  session: Session | undefined,
  config: RealmConfig,
): HomeRealm {
  const named = [choiceParameter, 'whr'].flatMap((name) => hintsOf(name, query.get(name)))
  const scoped = (signIn.homeRealms ?? []).map((value) => ({ name: 'IDPList', value }))
  const local = (value: string) => (value.toLowerCase() === config.identifier.toLowerCase() ? adAuthority : value)
  return homeRealm({
    ...realmsFor(signIn, config),
    named: [...named, ...scoped].map(({ name, value }) => ({ name, value: local(value) })),
    hints: [...hintsOf('domain_hint', query.get('domain_hint')), ...hintsOf('login_hint', signIn.loginHint)],
    signedInAt: session && (session.provider?.identifier ?? adAuthority),
    preferActiveDirectory: facts.insideCorporateNetwork && config.homeRealmDiscovery.intranetUseLocalClaimsProvider,
    remembered: rememberedProvider(request),
  })
}

function hintsOf(name: string, value: string | undefined) {
  return value === undefined || value === '' ? [] : [{ name, value }]
}

/** The page for choosing and its post-back, which leads back to the request with the choice in its query. */
export async function askForHomeRealm(
  visit: Visit,
  signIn: SignInRequest,
  parts: ConversationParts,
  why: string,
): Promise<FastifyReply> {
  const { chooseHomeRealm } = await import('./choose-realm.ts')
  return chooseHomeRealm(visit, signIn, parts, why)
}

/** What the form of the page says: a provider of the list, or one by the user's address. */
export function postedChoice({ form }: Visit, { candidates }: Realms): PostedChoice {
  const selected = form.get('HomeRealmSelection')
  if (selected !== undefined) {
    const chosen = candidates.find(({ identifier }) => identifier === selected)
    return chosen ? { kind: 'chosen', identifier: chosen.identifier } : { kind: 'unknown', email: '' }
  }
  const email = form.get('Email')?.trim()
  if (form.get('HomeRealmByEmail') === undefined && email === undefined) return { kind: 'nothing' }
  const chosen = candidateOf(candidates, email ?? '')
  return chosen ? { kind: 'chosen', identifier: chosen.identifier } : { kind: 'unknown', email: email ?? '' }
}

export type PostedChoice =
  | { readonly kind: 'chosen'; readonly identifier: string }
  | { readonly kind: 'unknown'; readonly email: string }
  | { readonly kind: 'nothing' }

/** The request again, with the choice in the place of an earlier one. */
export function withChoice(location: string, identifier: string): string {
  const others = location.replace(new RegExp(`([?&])${choiceParameter}=[^&]*&?`, 'gi'), '$1').replace(/[?&]$/, '')
  const choice = `${choiceParameter}=${encodeURIComponent(identifier).replaceAll('%20', '+')}`
  return `${others}${others.includes('?') ? '&' : '?'}${choice}`
}
