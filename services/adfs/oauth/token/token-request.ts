import type { CallOrigin } from '../../directory/directory-client.ts'
import type { RequestFacts } from '../../proxy/request-facts.ts'
import type { OAuthClient } from '../applications/application-groups.ts'
import type { TokenParameters } from './token-parameters.ts'

/** A token request whose client is known: what a grant is given. */
export interface TokenRequest {
  readonly client: OAuthClient
  readonly parameters: TokenParameters
  readonly facts: RequestFacts
  readonly origin: CallOrigin
}

/** The JSON of the answer, and what the journal is told. */
export interface GrantOutcome {
  readonly answer: Readonly<Record<string, string | number | undefined>>
  readonly user?: string | undefined
  readonly decision: string
}
