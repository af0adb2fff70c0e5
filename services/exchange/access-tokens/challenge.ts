import { type AuthServer, defaultAuthServer, type ModernAuthentication } from './auth-server.ts'

const exchangeOnlineId = '00000002-0000-0ff1-ce00-000000000000'
const accessControlService = '00000001-0000-0000-c000-000000000000'
/** Exchange Online. */
const everyTenant = '*'
const tokenTypes = 'app_asserted_user_v1 service_asserted_app_v1'

/** What a virtual directory offers beside bearer tokens, and how its servers word the challenge. */
export interface ChallengeFacts {
  readonly modern: ModernAuthentication
  /** `*` in Exchange Online. */
  readonly trustedTenant: string
  /** Exchange Server names the kind of issuer since it knows AD FS; Exchange Online does not. */
  readonly namesIssuerKind: boolean
  /** The value of the Basic line; nothing where Basic is off. */
  readonly basic: string
}

export interface Presented {
  /** Whether `Authorization: Bearer` was sent, with or without a token. */
  readonly bearer: boolean
  /** X-User-Identity: without it Exchange Server with AD FS does not say where to sign in. */
  readonly userIdentity?: string | undefined
  /** What is said of a token that was sent, and refused. */
  readonly refused?: Readonly<Record<string, string>> | undefined
  /** The lines of what the virtual directory takes beside bearer tokens; Basic alone when left out. */
  readonly offered?: readonly string[] | undefined
}

/**
 * The WWW-Authenticate lines of a 401, in order. A request without `Authorization` gets none for bearer tokens on
 * Exchange Server ("Hybrid Modern Authentication": the empty bearer asks for them).
 */
export function challengeLines(facts: ChallengeFacts, presented: Presented): readonly string[] {
  const server = defaultAuthServer(facts.modern)
  const others = presented.offered ?? [facts.basic]
  // Exchange Server says nothing of bearer tokens to a request without any; Exchange Online does.
  const unasked = !presented.bearer && facts.trustedTenant !== everyTenant
  if (unasked || !server) return others
  if (withholdsServer(server, presented))
    return [...others, `Bearer client_id="${exchangeOnlineId}", error="invalid_token"`]
  const bearer = bearerLine(facts, server, presented)
  // Whoever brought a good token is asked for another one, not for a password.
  if (presented.refused?.error === 'insufficient_claims') return [bearer]
  return server.type === 'ADFS' ? [...others, bearer] : [bearer, ...others]
}

/** Which policy and which service hold for a person, Exchange Server with AD FS looks up by name before any token. */
function withholdsServer({ type }: AuthServer, { userIdentity = '', refused }: Presented): boolean {
  return type === 'ADFS' && refused === undefined && !userIdentity.includes('@')
}

/** `x-ms-diagnostics` of such a challenge: normal, not a fault. */
export function challengeDiagnostics(
  { modern }: Pick<ChallengeFacts, 'modern'>,
  presented: Presented,
  host: string,
): string | undefined {
  const server = defaultAuthServer(modern)
  if (!presented.bearer || !server || !withholdsServer(server, presented)) return undefined
  const name = host.replace(/[^\w.:-]/g, '?')
  return `4000000;reason="Flighting is not enabled for domain '${name}'.";error_category="oauth_not_available"`
}

function bearerLine(facts: ChallengeFacts, server: AuthServer, { refused }: Presented): string {
  const trusted = server.type === 'AzureAD' && `trusted_issuers="${accessControlService}@${facts.trustedTenant}"`
  // Exchange Server leaves them out after a rejected token, Exchange Online does not.
  const namesTypes = refused === undefined || facts.trustedTenant === everyTenant
  const parts = [
    `client_id="${exchangeOnlineId}"`,
    trusted,
    namesTypes && `token_types="${tokenTypes}"`,
    `authorization_uri="${server.authorizationEndpoint}"`,
    facts.namesIssuerKind && `issuer_kind="${server.type}"`,
    ...Object.entries(refused ?? {}).map(([name, value]) => `${name}="${value}"`),
  ]
  return `Bearer ${parts.filter((part) => part !== false).join(', ')}`
}
