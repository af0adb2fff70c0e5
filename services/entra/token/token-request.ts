import type { RequestedClaims } from '../authorize/requested-claims.ts'
import type { PresentedDevice } from '../devices/challenge/presented-device.ts'
import type { TenantSegment } from '../tenants.ts'
import type { EndpointVersion } from '../urls.ts'
import type { AuthenticatedClient } from './client-authentication.ts'
import type { TokenParameters } from './token-parameters.ts'

/** A token request whose client is known: what a grant is given. */
export interface TokenRequest extends AuthenticatedClient {
  readonly version: EndpointVersion
  readonly tenant: TenantSegment
  readonly parameters: TokenParameters
  readonly claims: RequestedClaims | undefined
  readonly origin: string | undefined
  readonly address: string
  readonly userAgent: string
  readonly presented?: PresentedDevice | undefined
  readonly correlationId: string
  /** Of this request; the sign-in log's row has it too. */
  readonly traceId: string
}

/** v1 bodies have strings where v2 bodies have numbers. */
export type TokenAnswer = Readonly<Record<string, string | number | undefined>>

/** What a grant tells the journal. */
export interface GrantOutcome {
  readonly answer: TokenAnswer
  readonly user?: string | undefined
  readonly decision: string
}
