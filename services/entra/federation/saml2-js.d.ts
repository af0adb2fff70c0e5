declare module 'saml2-js' {
  interface AssertOptions {
    readonly request_body: { readonly SAMLResponse: string }
    readonly allow_unencrypted_assertion: boolean
    readonly require_session_index: boolean
    readonly ignore_timing: boolean
    readonly audience: string
  }

  export interface SamlAnswer {
    readonly type: string
    readonly response_header: { readonly in_response_to?: string; readonly destination?: string }
    readonly user: {
      readonly name_id: string | null
      readonly attributes: Readonly<Record<string, readonly string[]>>
    }
  }

  class ServiceProvider {
    constructor(options: {
      readonly entity_id: string
      readonly assert_endpoint: string
      readonly private_key?: string
    })
    post_assert(
      provider: IdentityProvider,
      options: AssertOptions,
      done: (error: Error | null, answer: SamlAnswer) => void,
    ): void
  }

  class IdentityProvider {
    constructor(options: {
      readonly sso_login_url: string
      readonly sso_logout_url: string
      readonly certificates: readonly string[]
    })
  }

  const saml2: { ServiceProvider: typeof ServiceProvider; IdentityProvider: typeof IdentityProvider }
  export default saml2
}
