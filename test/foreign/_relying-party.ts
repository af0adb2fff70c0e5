import { formsOf, type HttpVisitor, type Visit } from '../actors/http-visitor.ts'
import type { Lab } from '../actors/lab.ts'

export const federationMetadata = 'https://adfs.contoso.com/FederationMetadata/2007-06/FederationMetadata.xml'

const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'
const transient = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'

/** What administrators write for a service provider that wants nothing lasting as a name, and the names as claims. */
const rules = `@RuleTemplate = "LdapClaims"
@RuleName = "Names from Active Directory"
c:[Type == "http://schemas.microsoft.com/ws/2008/06/identity/claims/windowsaccountname", Issuer == "AD AUTHORITY"]
 => issue(store = "Active Directory", types = ("${claims}/upn", "${claims}/surname"), query = ";userPrincipalName,sn;{0}", param = c.Value);

@RuleName = "Another name at every sign-in"
c1:[Type == "http://schemas.microsoft.com/ws/2008/06/identity/claims/windowsaccountname"]
 && c2:[Type == "http://schemas.microsoft.com/ws/2008/06/identity/claims/authenticationinstant"]
 => add(store = "_OpaqueIdStore", types = ("urn:foreign:opaque"), query = "{0};{1};{2};{3};{4}", param = "useEntropy", param = c1.Value, param = c1.OriginalIssuer, param = "", param = c2.Value);

@RuleName = "That name as name identifier"
c:[Type == "urn:foreign:opaque"]
 => issue(Type = "${claims}/nameidentifier", Value = c.Value, Properties["http://schemas.xmlsoap.org/ws/2005/05/identity/claimproperties/format"] = "${transient}");`

/** A relying party trust from the application's own metadata, as an administrator adds it. */
export async function addTrust(lab: Lab, name: string, metadata: string): Promise<void> {
  const trust = { name, metadata, issuanceTransformRules: rules }
  const { status, json } = await lab.call('POST', '/api/adfs/relying-parties', trust)
  if (status !== 201) throw new Error(`AD FS takes no trust from the metadata of ${name}: ${JSON.stringify(json)}`)
}

interface Person {
  readonly upn: string
  readonly password: string
}

/**
 * Fills what the pages of Entra ID and AD FS ask for, and posts what a browser's script would post, until the
 * application has the person back.
 * @throws Error when a page comes that is no form
 */
export async function passSignIn(
  visitor: HttpVisitor,
  first: Visit,
  { upn, password }: Person,
  more: Readonly<Record<string, string>> = {},
): Promise<Visit> {
  const answers = { loginfmt: upn, login: upn, passwd: password, UserName: upn, Password: password }
  let page = first
  for (let pages = 0; formsOf(page).length > 0; pages += 1) {
    if (pages > 8) throw new Error(`${upn} does not get past ${page.url}: ${page.html.slice(0, 600)}`)
    const asked = Object.keys(formsOf(page)[0]?.fields ?? {})
    const known = Object.entries(answers).filter(([name]) => asked.includes(name))
    page = await visitor.submit(page, { ...Object.fromEntries(known), ...more })
  }
  return page
}

/** What a program behind the server finds, from the page that lists it. */
export function variablesOf({ url, status, html }: Visit): Readonly<Record<string, string>> {
  const [, listed] = /<pre id="variables">(.*?)<\/pre>/s.exec(html) ?? []
  if (listed === undefined) throw new Error(`${url} (${status}) lists no variables: ${html.slice(0, 600)}`)
  const lines = [...listed.matchAll(/^([^=\n]+)=(.*)$/gm)]
  return Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value]))
}
