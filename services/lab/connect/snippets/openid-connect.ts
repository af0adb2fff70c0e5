import type { Snippet } from './snippet.ts'

export const openIdConnectSnippets = {
  oidc: {
    language: 'shell',
    code: `curl -sS "https://login.microsoftonline.com/$TENANT_ID/v2.0/.well-known/openid-configuration"
curl -sS "https://login.microsoftonline.com/$TENANT_ID/oauth2/v2.0/token" \\
  --data-urlencode grant_type=client_credentials \\
  --data-urlencode "client_id=$CLIENT_ID" \\
  --data-urlencode "client_secret=$CLIENT_SECRET" \\
  --data-urlencode scope=https://graph.microsoft.com/.default`,
  },
  'auth-js': {
    language: 'JavaScript',
    code: `import NextAuth from 'next-auth'
import MicrosoftEntraID from 'next-auth/providers/microsoft-entra-id'

const { TENANT_ID, CLIENT_ID, CLIENT_SECRET } = process.env
export const { handlers, auth, signIn, signOut } = NextAuth({
  providers: [
    MicrosoftEntraID({
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      issuer: \`https://login.microsoftonline.com/\${TENANT_ID}/v2.0\`,
    }),
  ],
})`,
    notes: ['Its redirect URI is <origin>/api/auth/callback/microsoft-entra-id.'],
  },
  'spring-oauth': {
    language: 'YAML',
    code: `spring:
  security:
    oauth2:
      client:
        registration:
          entra:
            client-id: \${CLIENT_ID}
            client-secret: \${CLIENT_SECRET}
            scope: openid, profile, email
        provider:
          entra:
            issuer-uri: https://login.microsoftonline.com/\${TENANT_ID}/v2.0
            user-name-attribute: preferred_username`,
    notes: ['Its redirect URI is <origin>/login/oauth2/code/entra.'],
  },
  'identity-web': {
    language: 'JSON',
    code: `{
  "AzureAd": {
    "Instance": "https://login.microsoftonline.com/",
    "TenantId": "«TENANT_ID»",
    "ClientId": "«CLIENT_ID»",
    "ClientSecret": "«CLIENT_SECRET»",
    "CallbackPath": "/signin-oidc"
  }
}`,
    notes: [
      'In appsettings.Development.json; Program.cs stays as it is: AddMicrosoftIdentityWebApp(builder.Configuration.GetSection("AzureAd")).',
      'Its redirect URI is <origin>/signin-oidc. On Linux .NET takes proxy and CA from the environment; on Windows and macOS it trusts what is in the store of the account.',
    ],
  },
  'oauth2-proxy': {
    language: 'TOML',
    code: `provider = "oidc"
oidc_issuer_url = "https://login.microsoftonline.com/«TENANT_ID»/v2.0"
client_id = "«CLIENT_ID»"
client_secret = "«CLIENT_SECRET»"
redirect_url = "http://localhost:4180/oauth2/callback"
scope = "openid profile email"
oidc_email_claim = "preferred_username"
email_domains = ["*"]
provider_ca_files = ["fauxchange-ca.pem"]
cookie_secure = false
upstreams = ["http://127.0.0.1:3000/"]`,
    notes: [
      'It takes the proxy from HTTPS_PROXY, and a cookie secret from the environment: export OAUTH2_PROXY_COOKIE_SECRET=$(openssl rand -hex 16).',
      'Register http://localhost:4180/oauth2/callback.',
    ],
  },
  'mod-auth-openidc': {
    language: 'Apache',
    code: `OIDCProviderMetadataURL https://login.microsoftonline.com/«TENANT_ID»/v2.0/.well-known/openid-configuration
OIDCClientID «CLIENT_ID»
OIDCClientSecret «CLIENT_SECRET»
OIDCRedirectURI «REDIRECT_URI»
OIDCCryptoPassphrase of-this-test
OIDCOutgoingProxy «GATEWAY»
OIDCCABundlePath /etc/ssl/fauxchange-ca.pem
OIDCScope "openid profile email"
OIDCPKCEMethod S256
OIDCRemoteUserClaim preferred_username
<Location />
  AuthType openid-connect
  Require valid-user
</Location>`,
    notes: ['Its redirect URI is an address below the protected Location that has no page of its own.'],
  },
} as const satisfies Readonly<Record<string, Snippet>>
