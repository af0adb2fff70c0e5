import type { SigningKey } from '#certs/authority.ts'
import { issueSaml11Assertion } from '#shared/saml/issue-saml11.ts'
import { issueSaml20Response, type Saml20ResponseView } from '#shared/saml/issue-saml20.ts'
import { issueFederationMetadata } from '#shared/saml/metadata.ts'
import { nameIdentifierClaim, nameIdentifierFormat, type TokenClaim } from '#shared/saml/token-claims.ts'
import type { Scenario, User } from '#shared/scenario/world.ts'
import type { BuildService, DeploymentContext } from '#shared/stack/deployment.ts'
import { writeRequestSecurityTokenResponse } from '#shared/ws-federation/security-token-response.ts'
import { claimTypes } from './assertion-claims.ts'

/** What a test changes of the assertion that a well-behaved federation service would issue. */
export interface AssertionChanges {
  readonly issuer?: string
  readonly audience?: string
  readonly assertionId?: string
  /** Milliseconds by which the whole assertion is older. */
  readonly age?: number
  readonly claims?: Readonly<Partial<Record<keyof typeof claimTypes, string | undefined>>>
  readonly key?: SigningKey
}

/** What a test changes of a SAML 2.0 answer that would be accepted. */
export interface SamlChanges extends Partial<Saml20ResponseView> {
  readonly age?: number
  readonly nameId?: string
  readonly nameIdFormat?: string
  /** Empty for none. */
  readonly email?: string
  readonly key?: SigningKey
}

/** A federation service in the place of AD FS: it publishes metadata, and signs whatever a test wants. */
export class TestProvider {
  #context: DeploymentContext | undefined
  #published: readonly SigningKey[] = []
  metadataReads = 0

  readonly build: BuildService = async (context) => {
    this.#context = context
    this.#published = [await this.key(1)]
    const app = context.createApplication()
    app.get('/FederationMetadata/2007-06/FederationMetadata.xml', async (_request, reply) => {
      this.metadataReads += 1
      return reply.type('application/xml').send(await this.#metadata())
    })
    app.route({
      method: ['GET', 'POST'],
      url: '/adfs/ls/',
      handler: async (_request, reply) => reply.type('text/html').send('<h1>federation service</h1>'),
    })
    return { app, reset: async () => {} }
  }

  get context(): DeploymentContext {
    if (!this.#context) throw new Error('the federation service did not start')
    return this.#context
  }

  key(generation: number): Promise<SigningKey> {
    const subject = 'CN=ADFS Signing - adfs.contoso.com'
    return this.context.authority.signingKeyFor({ name: 'test-provider', subject, generation })
  }

  /** From now on the metadata names this key and no other. */
  rollOver(key: SigningKey): void {
    this.#published = [key]
  }

  async wresult(user: User, changes: AssertionChanges = {}): Promise<string> {
    const created = new Date(this.context.clock.now().getTime() - (changes.age ?? 0))
    const expires = new Date(created.getTime() + 60 * 60 * 1000)
    const audience = changes.audience ?? 'urn:federation:MicrosoftOnline'
    const assertion = await issueSaml11Assertion(
      {
        assertionId: changes.assertionId ?? `_${this.context.random.uuid()}`,
        issuer: changes.issuer ?? 'http://contoso.com/adfs/services/trust/',
        issueInstant: created,
        notBefore: created,
        notOnOrAfter: expires,
        audience,
        claims: claimsOf(user, changes.claims ?? {}),
        authenticationMethod: 'urn:oasis:names:tc:SAML:1.0:am:password',
        authenticationInstant: created,
      },
      changes.key ?? this.#published[0] ?? (await this.key(1)),
    )
    return writeRequestSecurityTokenResponse({ assertion, audience, created, expires })
  }

  /** The answer to a posted AuthnRequest, as the form field carries it. */
  async samlResponse(user: User, inResponseTo: string, changes: SamlChanges = {}): Promise<string> {
    const { age = 0, key, nameId = user.immutableId, email = user.userPrincipalName, nameIdFormat, ...view } = changes
    const created = new Date(this.context.clock.now().getTime() - age)
    const expires = new Date(created.getTime() + 60 * 60 * 1000)
    const format = nameIdFormat ?? 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
    const response = await issueSaml20Response(
      {
        responseId: `_${this.context.random.uuid()}`,
        assertionId: `_${this.context.random.uuid()}`,
        issuer: 'http://adfs.contoso.com/adfs/services/trust',
        issueInstant: created,
        destination: 'https://login.microsoftonline.com/login.srf',
        inResponseTo,
        audience: 'urn:federation:MicrosoftOnline',
        notBefore: created,
        notOnOrAfter: expires,
        confirmationNotOnOrAfter: expires,
        claims: [
          ...(email === '' ? [] : [{ type: 'IDPEmail', value: email }]),
          { type: nameIdentifierClaim, value: nameId ?? '', properties: { [nameIdentifierFormat]: format } },
        ],
        authenticationContext: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
        authenticationInstant: created,
        ...view,
      },
      key ?? this.#published[0] ?? (await this.key(1)),
    )
    return Buffer.from(response).toString('base64')
  }

  async #metadata(): Promise<string> {
    const [key] = this.#published
    if (!key) throw new Error('no key is published')
    const base = 'https://adfs.contoso.com/adfs'
    return issueFederationMetadata(
      {
        documentId: `_${this.context.random.uuid()}`,
        entityId: 'http://adfs.contoso.com/adfs/services/trust',
        displayName: 'Contoso',
        passiveEndpoint: `${base}/ls/`,
        activeEndpoint: `${base}/services/trust/2005/certificatemixed`,
        metadataExchangeEndpoint: `${base}/services/trust/mex`,
        signingCertificates: this.#published.map((each) => each.certificateDer),
      },
      key,
    )
  }
}

function claimsOf(user: User, changes: AssertionChanges['claims'] = {}): readonly TokenClaim[] {
  const values = { upn: user.userPrincipalName, immutableId: user.immutableId, ...changes }
  const claims = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [{ type: claimTypes[name as keyof typeof claimTypes], value }],
  )
  return [...claims, ...(values.immutableId ? [{ type: nameIdentifierClaim, value: values.immutableId }] : [])]
}

export function scenarioUser(scenario: Scenario, userPrincipalName: string): User {
  const user = scenario.users.find((each) => each.userPrincipalName === userPrincipalName)
  if (!user) throw new Error(`the scenario has no ${userPrincipalName}`)
  return user
}

type Federation = NonNullable<Scenario['domains'][number]['federation']>

/** The same world with another trust between Entra ID and the federation service. */
export function withFederation(scenario: Scenario, changes: Partial<Federation>): Scenario {
  const domains = scenario.domains.map((domain) =>
    domain.federation ? { ...domain, federation: { ...domain.federation, ...changes } } : domain,
  )
  return { ...scenario, domains }
}
