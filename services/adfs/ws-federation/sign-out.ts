import { untrustedUrl } from '../proxy/trusted-url.ts'
import type { Trusts } from '../trusts.ts'

export interface SignOutView {
  /** One frame for each relying party that the browser session has visited. */
  readonly cleanupUrls: readonly string[]
  /** Where to go afterwards, if that is a relying party's own address. */
  readonly returnUrl?: string | undefined
}

/** wsignout1.0 ([MS-MWBF] §3.2.5); wsignoutcleanup1.0 is the same without frames. */
export function signOut(
  trusts: Trusts,
  { visited, wreply, cleanup }: { visited: readonly string[]; wreply: string | undefined; cleanup: boolean },
): SignOutView {
  const endpoints = trusts.all.flatMap(({ settings }) => settings.wsFedEndpoint ?? [])
  const seen = visited.flatMap((id) => trusts.byObjectIdentifier(id)?.settings.wsFedEndpoint ?? [])
  const known = wreply !== undefined && untrustedUrl(wreply, endpoints) === undefined
  return {
    cleanupUrls: cleanup ? [] : [...new Set(seen)].map((url) => `${url}?wa=wsignoutcleanup1.0`),
    returnUrl: known && !cleanup ? wreply : undefined,
  }
}
