import type { Snippet } from './snippet.ts'

export const wsFederationSnippets = {
  'ws-federation': {
    language: 'shell',
    code: `curl -sS -G "$IDP_SSO_URL" \\
  --data-urlencode wa=wsignin1.0 \\
  --data-urlencode "wtrealm=$SP_ENTITY_ID"`,
  },
  'aspnet-core': {
    language: 'C#',
    code: `// Microsoft.AspNetCore.Authentication.WsFederation
builder.Services
    .AddAuthentication(options =>
    {
        options.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme;
        options.DefaultChallengeScheme = WsFederationDefaults.AuthenticationScheme;
    })
    .AddWsFederation(options =>
    {
        options.MetadataAddress = Environment.GetEnvironmentVariable("IDP_METADATA");
        options.Wtrealm = Environment.GetEnvironmentVariable("SP_ENTITY_ID");
        options.Wreply = Environment.GetEnvironmentVariable("SP_ACS_URL");
    })
    .AddCookie();`,
    notes: ['On Windows and macOS, .NET takes certificates from the store of the system only.'],
  },
  owin: {
    language: 'C#',
    code: `// Microsoft.Owin.Security.WsFederation
app.SetDefaultSignInAsAuthenticationType(CookieAuthenticationDefaults.AuthenticationType);
app.UseCookieAuthentication(new CookieAuthenticationOptions());
app.UseWsFederationAuthentication(new WsFederationAuthenticationOptions
{
    MetadataAddress = Environment.GetEnvironmentVariable("IDP_METADATA"),
    Wtrealm = Environment.GetEnvironmentVariable("SP_ENTITY_ID"),
    Wreply = Environment.GetEnvironmentVariable("SP_ACS_URL"),
});`,
    notes: [
      '.NET Framework takes proxy and certificates from Windows: trust the CA for one account, on a machine made for tests.',
    ],
  },
  'passport-wsfed': {
    language: 'JavaScript',
    code: `import { Strategy } from 'passport-wsfed-saml2'

const { IDP_SSO_URL, IDP_THUMBPRINT, SP_ENTITY_ID, SP_ACS_URL } = process.env
const settings = {
  identityProviderUrl: IDP_SSO_URL,
  thumbprint: IDP_THUMBPRINT,
  realm: SP_ENTITY_ID,
  wreply: SP_ACS_URL,
}
const strategy = new Strategy(settings, (profile, done) => done(null, profile))
strategy.redirect = (url) => console.log(url)
strategy.authenticate({ query: {} }, {})`,
    notes: ['With passport, the last two lines are passport.use(strategy).'],
  },
} as const satisfies Readonly<Record<string, Snippet>>
