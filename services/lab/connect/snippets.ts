import type { Kind } from './ready-settings.ts'

// Code that reads its settings from the variables beside it, so that it is the same for every application.

export const snippets: Readonly<Partial<Record<Kind, { readonly language: string; readonly code: string }>>> = {
  'msal-node': {
    language: 'JavaScript',
    code: `import { ConfidentialClientApplication } from '@azure/msal-node'

const { TENANT_ID, CLIENT_ID, CLIENT_SECRET } = process.env
const client = new ConfidentialClientApplication({
  auth: {
    authority: \`https://login.microsoftonline.com/\${TENANT_ID}\`,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
  },
})
const scopes = ['https://graph.microsoft.com/.default']
const { tokenType, expiresOn } = await client.acquireTokenByClientCredential({ scopes })
console.log(tokenType, 'until', expiresOn.toISOString())`,
  },
  'msal-python': {
    language: 'Python',
    code: `import os
import msal

client = msal.ConfidentialClientApplication(
    os.environ["CLIENT_ID"],
    authority="https://login.microsoftonline.com/" + os.environ["TENANT_ID"],
    client_credential=os.environ["CLIENT_SECRET"],
)
answer = client.acquire_token_for_client(scopes=["https://graph.microsoft.com/.default"])
print(answer.get("token_type"), answer.get("error_description"))`,
  },
  'msal-java': {
    language: 'Java',
    code: `var client = ConfidentialClientApplication.builder(
        System.getenv("CLIENT_ID"), ClientCredentialFactory.createFromSecret(System.getenv("CLIENT_SECRET")))
    .authority("https://login.microsoftonline.com/" + System.getenv("TENANT_ID"))
    .build();
var scopes = Set.of("https://graph.microsoft.com/.default");
var answer = client.acquireToken(ClientCredentialParameters.builder(scopes).build()).get();
System.out.println("until " + answer.expiresOnDate());`,
  },
  'msal-net': {
    language: 'C#',
    code: `var client = ConfidentialClientApplicationBuilder
    .Create(Environment.GetEnvironmentVariable("CLIENT_ID"))
    .WithClientSecret(Environment.GetEnvironmentVariable("CLIENT_SECRET"))
    .WithAuthority("https://login.microsoftonline.com/" + Environment.GetEnvironmentVariable("TENANT_ID"))
    .Build();
var answer = await client.AcquireTokenForClient(["https://graph.microsoft.com/.default"]).ExecuteAsync();
Console.WriteLine($"{answer.TokenType} until {answer.ExpiresOn}");`,
  },
  'msal-browser': {
    language: 'JavaScript',
    code: `import { PublicClientApplication } from '@azure/msal-browser'

const { VITE_TENANT_ID, VITE_CLIENT_ID } = import.meta.env
const client = new PublicClientApplication({
  auth: {
    authority: \`https://login.microsoftonline.com/\${VITE_TENANT_ID}\`,
    clientId: VITE_CLIENT_ID,
    redirectUri: window.location.origin,
  },
})
await client.initialize()
await client.handleRedirectPromise()
if (client.getAllAccounts().length === 0) await client.loginRedirect({ scopes: ['User.Read'] })`,
  },
  oidc: {
    language: 'shell',
    code: `curl -sS "https://login.microsoftonline.com/$TENANT_ID/v2.0/.well-known/openid-configuration"
curl -sS "https://login.microsoftonline.com/$TENANT_ID/oauth2/v2.0/token" \\
  --data-urlencode grant_type=client_credentials \\
  --data-urlencode "client_id=$CLIENT_ID" \\
  --data-urlencode "client_secret=$CLIENT_SECRET" \\
  --data-urlencode scope=https://graph.microsoft.com/.default`,
  },
  'node-saml': {
    language: 'JavaScript',
    code: `import { SAML } from '@node-saml/node-saml'

const { IDP_SSO_URL, IDP_CERTIFICATE, SP_ENTITY_ID, SP_ACS_URL } = process.env
const saml = new SAML({
  entryPoint: IDP_SSO_URL,
  idpCert: IDP_CERTIFICATE,
  issuer: SP_ENTITY_ID,
  callbackUrl: SP_ACS_URL,
  identifierFormat: null,
  disableRequestedAuthnContext: true,
  wantAuthnResponseSigned: false,
  wantAssertionsSigned: true,
})
console.log(await saml.getAuthorizeUrlAsync('', undefined, {}))`,
  },
  'spring-saml': {
    language: 'YAML',
    code: `spring:
  security:
    saml2:
      relyingparty:
        registration:
          adfs:
            entity-id: \${SP_ENTITY_ID}
            acs:
              location: \${SP_ACS_URL}
            assertingparty:
              metadata-uri: \${IDP_METADATA}`,
  },
  'ws-federation': {
    language: 'shell',
    code: `curl -sS -G "$IDP_SSO_URL" \\
  --data-urlencode wa=wsignin1.0 \\
  --data-urlencode "wtrealm=$SP_ENTITY_ID"`,
  },
  mail: {
    language: 'Python',
    code: `import json
import urllib.request

address = "alice@contoso.com"
url = f"https://outlook.office365.com/autodiscover/autodiscover.json/v1.0/{address}?Protocol=ActiveSync"
with urllib.request.urlopen(url) as answer:
    print(json.load(answer)["Url"])`,
  },
}
