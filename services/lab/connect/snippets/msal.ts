import type { Snippet } from './snippet.ts'

// Code that reads its settings from the variables beside it is the same for every application.

export const msalSnippets = {
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
  'msal-go': {
    language: 'Go',
    code: `package main

import (
	"context"
	"fmt"
	"os"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
)

func main() {
	secret, err := confidential.NewCredFromSecret(os.Getenv("CLIENT_SECRET"))
	if err != nil {
		panic(err)
	}
	authority := "https://login.microsoftonline.com/" + os.Getenv("TENANT_ID")
	client, err := confidential.New(authority, os.Getenv("CLIENT_ID"), secret)
	if err != nil {
		panic(err)
	}
	scopes := []string"https://graph.microsoft.com/.default"
	answer, err := client.AcquireTokenByCredential(context.Background(), scopes)
	if err != nil {
		panic(err)
	}
	fmt.Println("until", answer.ExpiresOn)
}`,
    notes: ['On Windows and macOS, Go takes certificates from the store of the system only.'],
  },
  'msal-react': {
    language: 'JavaScript',
    code: `import { InteractionType, PublicClientApplication } from '@azure/msal-browser'
import { MsalAuthenticationTemplate, MsalProvider } from '@azure/msal-react'
import { createRoot } from 'react-dom/client'

const { VITE_TENANT_ID, VITE_CLIENT_ID } = import.meta.env
const client = new PublicClientApplication({
  auth: {
    authority: \`https://login.microsoftonline.com/\${VITE_TENANT_ID}\`,
    clientId: VITE_CLIENT_ID,
    redirectUri: window.location.origin,
  },
})
await client.initialize()
createRoot(document.body).render(
  <MsalProvider instance={client}>
    <MsalAuthenticationTemplate
      interactionType={InteractionType.Redirect}
      authenticationRequest={{ scopes: ['User.Read'] }}
    >
      You are signed in.
    </MsalAuthenticationTemplate>
  </MsalProvider>,
)`,
    notes: [
      'The redirect URI has to be one of the platform “single-page application”.',
      'Use a browser of this world.',
    ],
  },
  'msal-angular': {
    language: 'TypeScript',
    code: `import { InteractionType, PublicClientApplication } from '@azure/msal-browser'
import {
  MSAL_GUARD_CONFIG, MSAL_INSTANCE, MsalBroadcastService, MsalGuard, MsalService,
} from '@azure/msal-angular'

export const client = () =>
  new PublicClientApplication({
    auth: {
      authority: 'https://login.microsoftonline.com/«TENANT_ID»',
      clientId: '«CLIENT_ID»',
      redirectUri: window.location.origin,
    },
  })

export const providers = [
  { provide: MSAL_INSTANCE, useFactory: client },
  {
    provide: MSAL_GUARD_CONFIG,
    useValue: { interactionType: InteractionType.Redirect, authRequest: { scopes: ['User.Read'] } },
  },
  MsalService,
  MsalGuard,
  MsalBroadcastService,
]`,
    notes: [
      'The redirect URI has to be one of the platform “single-page application”.',
      'Use a browser of this world.',
    ],
  },
  'msal-ios': {
    language: 'Swift',
    code: `let authority = try MSALAADAuthority(url: URL(string: "https://login.microsoftonline.com/«TENANT_ID»")!)
let configuration = MSALPublicClientApplicationConfig(
    clientId: "«CLIENT_ID»",
    redirectUri: "msauth.com.example.app://auth",
    authority: authority)
let application = try MSALPublicClientApplication(configuration: configuration)
let page = MSALWebviewParameters(authPresentationViewController: self)
let wanted = MSALInteractiveTokenParameters(scopes: ["User.Read"], webviewParameters: page)
application.acquireToken(with: wanted) { result, error in
    print(result?.account.username ?? error!)
}`,
    notes: [
      'Register the redirect URI, msauth.<bundle id>://auth, as “a desktop or mobile application”.',
      'The simulator uses the proxy of the Mac; a device has one for each Wi-Fi network. Trust the CA there: Settings, General, About, Certificate Trust Settings.',
    ],
  },
  'msal-android': {
    language: 'JSON',
    code: `{
  "client_id": "«CLIENT_ID»",
  "redirect_uri": "msauth://com.example.app/«SIGNATURE_HASH»",
  "authorization_user_agent": "DEFAULT",
  "account_mode": "SINGLE",
  "broker_redirect_uri_registered": false,
  "authorities": [
    {
      "type": "AAD",
      "audience": { "type": "AzureADMyOrg", "tenant_id": "«TENANT_ID»" }
    }
  ]
}`,
    notes: [
      'It is res/raw/auth_config.json. Register the redirect URI, msauth://<package>/<signature hash>, as “a desktop or mobile application”.',
      'The emulator takes the gateway as 10.0.2.2 and its port: emulator -http-proxy. A debug build trusts the CA by its network security configuration.',
    ],
  },
} as const satisfies Readonly<Record<string, Snippet>>
