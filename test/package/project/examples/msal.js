import { PublicClientApplication } from '@azure/msal-node'

/** MSAL as it is, started with `fauxchange run --up`: its variables are all that leads it into the stack. */
const msal = new PublicClientApplication({
  auth: {
    clientId: 'a0000000-0000-4000-8000-000000000001',
    authority: 'https://login.microsoftonline.com/contoso.com',
  },
})
const url = await msal.getAuthCodeUrl({ scopes: ['User.Read'], redirectUri: 'http://localhost' })
const page = await fetch(url)
const refused = await msal
  .acquireTokenByCode({ scopes: ['User.Read'], redirectUri: 'http://localhost', code: 'made-up' })
  .catch((error) => error)
process.stdout.write(
  JSON.stringify({ page: page.status, asks: (await page.text()).includes('loginfmt'), refused: refused.errorCode }),
)
