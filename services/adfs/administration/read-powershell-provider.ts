import { z } from 'zod'
import {
  certificate,
  filled,
  flag,
  list,
  type NotTaken,
  named,
  reading,
  text,
  texts,
  uri,
} from './powershell-values.ts'
import type { ReadTrust } from './read-powershell.ts'

// A claims provider trust as `Get-AdfsClaimsProviderTrust | ConvertTo-Json -Depth 5` writes it.

const endpointSchema = z.looseObject({ Protocol: z.unknown(), Binding: z.unknown(), Location: z.unknown() })

/** People are sent to other services by redirect alone. */
function endpoints(value: unknown) {
  const given = list(value).map((each) => endpointSchema.parse(each))
  const redirected = given.filter(({ Binding }) => /Redirect$/.test(String(Binding)) || Binding === 1)
  const of = (protocol: RegExp) => redirected.find(({ Protocol }) => protocol.test(String(Protocol)))?.Location
  const [signOn, logout] = [of(/SingleSignOn/), of(/Logout/)]
  return {
    ...(filled(signOn) && { samlSignOnEndpoint: uri(signOn) }),
    ...(filled(logout) && { samlLogoutEndpoint: uri(logout) }),
  }
}

const profiles: Readonly<Record<string, string>> = { 'WsFed-SAML': 'WsFederation' }

function protocolProfile(value: unknown) {
  const written = named('WsFederation', 'SAML', 'WsFed-SAML')(value)
  return { protocolProfile: profiles[written] ?? written }
}

const readers: Readonly<Record<string, (value: unknown) => Record<string, unknown>>> = {
  Name: (value) => ({ name: text(value) }),
  Identifier: (value) => ({ identifier: text(value) }),
  Enabled: (value) => ({ enabled: flag(value) }),
  Notes: (value) => ({ notes: text(value) }),
  MetadataUrl: (value) => ({ metadataUrl: uri(value) }),
  ProtocolProfile: protocolProfile,
  WSFedEndpoint: (value) => ({ wsFedEndpoint: uri(value) }),
  SamlEndpoints: endpoints,
  SignatureAlgorithm: (value) => ({ signatureAlgorithm: text(value) }),
  SignedSamlRequestsRequired: (value) => ({ signedSamlRequestsRequired: flag(value) }),
  TokenSigningCertificates: (value) => ({ signingCertificates: list(value).map(certificate) }),
  OrganizationalAccountSuffix: (value) => ({ organizationalAccountSuffixes: texts(value) }),
  AcceptanceTransformRules: (value) => ({ acceptanceTransformRules: text(value) }),
}

/** Without any bearing on what counts, or what a new trust has. */
const silent = new Set([
  ...['AnchorClaimType', 'ClaimsOffered', 'ConflictWithPublishedPolicy', 'CustomMFAUri', 'LastMonitoredTime'],
  ...[
    'LastPublishedPolicyCheckSuccessful',
    'LastUpdateTime',
    'ObjectIdentifier',
    'OrganizationInfo',
    'PromptLoginFederation',
  ],
  ...['PromptLoginFallbackAuthenticationType', 'AutoUpdateEnabled', 'MonitoringEnabled', 'IdentifierType', 'IsLocal'],
  ...['SigningCertificateRevocationCheck', 'EncryptionCertificateRevocationCheck', 'RequiredNameIdFormat'],
  ...[
    'AllowCreate',
    'EncryptedNameIdRequired',
    'SamlAuthenticationRequestIndex',
    'SamlAuthenticationRequestParameters',
  ],
  ...['SamlAuthenticationRequestProtocolBinding', 'SupportsMFA', 'PSComputerName', 'RunspaceId', 'PSShowComputerName'],
])

/** @throws ManagementRefusal that names the property */
export function claimsProviderFromPowerShell(object: Readonly<Record<string, unknown>>): ReadTrust {
  const settings: Record<string, unknown> = {}
  const notTaken: NotTaken[] = []
  for (const [property, value] of Object.entries(object)) {
    if (!filled(value) || value === false || silent.has(property) || (Array.isArray(value) && value.length === 0))
      continue
    const read = readers[property]
    if (read)
      Object.assign(
        settings,
        reading(property, () => read(value)),
      )
    else notTaken.push({ property, reason: 'there is nothing like it here' })
  }
  return { settings: { enabled: false, ...settings }, notTaken }
}
