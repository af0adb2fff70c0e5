import { startStack } from '#services/stack.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { Scenario } from '#shared/scenario/world.ts'

/** Where the driver finds AD FS. */
export interface FederationServer {
  readonly port: number
  readonly caPem: string
}

const identity = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/'
const account = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/windowsaccountname'

/** Six claims: five attributes of the directory, and the name identifier made of one of them. */
const rules = `c:[Type == "${account}", Issuer == "AD AUTHORITY"]
 => issue(store = "Active Directory", types = (${['upn', 'emailaddress', 'givenname', 'surname', 'name'].map((name) => `"${identity}${name}"`).join(', ')}), query = ";userPrincipalName,mail,givenName,sn,displayName;{0}", param = c.Value);
c:[Type == "${identity}upn"]
 => issue(Type = "${identity}nameidentifier", Value = c.Value, Properties["http://schemas.xmlsoap.org/ws/2005/05/identity/claimproperties/format"] = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress");`

/** One process with AD FS and its domain controller, whose part of the work counts; Entra ID only takes its accounts. */
export async function serveFederation(): Promise<void> {
  const stack = await startStack({
    only: ['adfs', 'directory', 'entra'],
    scenario: federationWorld(await loadDefaultScenario()),
  })
  const adfs = stack.deployments.find(({ plan }) => plan.name === 'adfs')
  const server: FederationServer = { port: adfs?.https.port ?? 0, caPem: stack.authority.caPem }
  process.stdout.write(`${JSON.stringify(server)}\n`)
}

function federationWorld(scenario: Scenario): Scenario {
  const { adfs } = scenario
  const named = (identifier: string) => {
    const trust = adfs.relyingParties.find(({ identifiers }) => identifiers.includes(identifier))
    if (!trust) throw new Error(`the default world has no trust ${identifier}`)
    return { ...trust, issuanceTransformRules: rules }
  }
  const saml = named('urn:sample:saml')
  const both = {
    ...saml,
    name: 'Both signed',
    identifiers: ['urn:bench:both'],
    objectIdentifier: 'e6000000-0000-4000-8000-000000000001',
    samlResponseSignature: 'MessageAndAssertion',
  } as const
  return { ...scenario, adfs: { ...adfs, relyingParties: [saml, both, named('urn:sample:wsfed')] } }
}
