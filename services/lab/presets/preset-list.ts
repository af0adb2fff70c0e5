/*
 * "Using hybrid Modern Authentication with Outlook for iOS and Android", Implementation steps, and the restrictions that
 * the architecture of Outlook mobile access names. Each is done on the products' own surfaces, and can be undone.
 */
export interface Preset {
  readonly id: string
  readonly title: string
  readonly text: string
  readonly parts: readonly PresetPart[]
}

export type PresetPart =
  /** A Conditional Access policy, by its name, through Microsoft Graph. */
  | { readonly via: 'conditionalAccess'; readonly policy: ConditionalAccessBody }
  /** Cmdlets of a management shell. */
  | ExchangePart
  /** The access control policy of the trust for Entra ID, in the administration of AD FS. */
  | { readonly via: 'adfsTrust'; readonly identifier: string; readonly on: string; readonly off: string }
  /** What Entra ID makes of a second factor at AD FS, of every federated domain, through Microsoft Graph. */
  | { readonly via: 'federatedDomains'; readonly on: FederatedMfa; readonly off: FederatedMfa }

export interface ExchangePart {
  readonly via: 'exchange'
  readonly deployment: 'exchange-onprem' | 'exchange-online'
  readonly on: readonly Cmdlet[]
  readonly off: readonly Cmdlet[]
  /** Of the scenario; `onEach` is run for every member after `on`, `offEach` before `off`. */
  readonly group?: string
  readonly onEach?: Cmdlet
  readonly offEach?: Cmdlet
  /** Applied when the objects that it returns hold this text. */
  readonly sign: Cmdlet & { readonly has: string }
}

export interface Cmdlet {
  readonly name: string
  readonly parameters: Readonly<Record<string, unknown>>
}

export type FederatedMfa = 'acceptIfMfaDoneByFederatedIdp' | 'enforceMfaByFederatedIdp' | 'rejectMfaByFederatedIdp'

export interface ConditionalAccessBody {
  readonly displayName: string
  readonly [member: string]: unknown
}

const exchangeOnline = '00000002-0000-0ff1-ce00-000000000000'
const phones = { includePlatforms: ['android', 'iOS'] }

interface PolicyFacts {
  readonly displayName: string
  readonly application?: string
  readonly clients: readonly string[]
  readonly platforms?: typeof phones
  readonly controls: readonly string[]
  readonly operator?: 'AND' | 'OR'
}

function policy({ displayName, application, clients, platforms, controls, operator }: PolicyFacts): PresetPart {
  const conditions = {
    users: { includeUsers: ['All'] },
    applications: { includeApplications: [application ?? exchangeOnline] },
    clientAppTypes: clients,
    ...(platforms && { platforms }),
  }
  const grantControls = { operator: operator ?? 'OR', builtInControls: controls }
  return { via: 'conditionalAccess', policy: { displayName, state: 'enabled', conditions, grantControls } }
}

function mobile(displayName: string, controls: readonly string[], operator: 'AND' | 'OR' = 'OR'): PresetPart {
  return policy({ displayName, clients: ['mobileAppsAndDesktopClients'], platforms: phones, controls, operator })
}

const pilotPolicy = 'Preset: block Basic, pilot'
const everybodysPolicy = 'Preset: block Basic, everybody'
const entraTrust = 'urn:federation:MicrosoftOnline'
/** A new policy allows Basic for no protocol. */
const newPolicy = (Name: string): Cmdlet => ({ name: 'New-AuthenticationPolicy', parameters: { Name } })
const removePolicy = (Identity: string): Cmdlet => ({ name: 'Remove-AuthenticationPolicy', parameters: { Identity } })

export const presets: readonly Preset[] = [
  {
    id: 'mobile-mfa',
    title: 'Outlook mobile: second factor',
    text: 'Apps on iOS and Android need a second factor for Exchange Online.',
    parts: [mobile('Preset: Outlook mobile requires MFA', ['mfa'])],
  },
  {
    id: 'mobile-compliant-device',
    title: 'Outlook mobile: compliant device',
    text: 'The phone must be enrolled, and device management must call it compliant.',
    parts: [mobile('Preset: Outlook mobile requires a compliant device', ['compliantDevice'])],
  },
  {
    id: 'mobile-app-protection',
    title: 'Outlook mobile: app protection',
    text: 'The app must be under an app protection policy.',
    parts: [mobile('Preset: Outlook mobile requires app protection', ['compliantApplication'])],
  },
  {
    id: 'mobile-all',
    title: 'Outlook mobile: device, app and second factor',
    text: 'All three at once.',
    parts: [
      mobile(
        'Preset: Outlook mobile requires device, app and MFA',
        ['mfa', 'compliantDevice', 'compliantApplication'],
        'AND',
      ),
    ],
  },
  {
    id: 'approved-clients',
    title: 'Implementation step 1: approved or protected apps only',
    text: 'Office 365 on iOS and Android is for approved client apps, or apps under a protection policy.',
    parts: [
      policy({
        displayName: 'Preset: require approved or protected apps',
        application: 'Office365',
        clients: ['mobileAppsAndDesktopClients'],
        platforms: phones,
        controls: ['approvedApplication', 'compliantApplication'],
      }),
    ],
  },
  {
    id: 'block-activesync',
    title: 'Implementation step 2: no other ActiveSync clients',
    text: 'ActiveSync clients cannot show an app protection policy, and are kept out of Exchange Online.',
    parts: [
      policy({
        displayName: 'Preset: require app protection of ActiveSync clients',
        clients: ['exchangeActiveSync'],
        controls: ['compliantApplication'],
      }),
    ],
  },
  {
    id: 'block-legacy',
    title: 'Implementation step 3: no legacy clients',
    text: 'Clients without modern authentication are blocked from Exchange Online.',
    parts: [policy({ displayName: 'Preset: block legacy clients', clients: ['other'], controls: ['block'] })],
  },
  {
    id: 'block-native-on-premises',
    title: 'Implementation step 4: on-premises, only the cloud synchronizes',
    text: 'ActiveSync on-premises blocks every device but OutlookService, as which Exchange Online comes.',
    parts: [
      {
        via: 'exchange',
        deployment: 'exchange-onprem',
        on: [
          { name: 'Set-ActiveSyncOrganizationSettings', parameters: { DefaultAccessLevel: 'Block' } },
          {
            name: 'New-ActiveSyncDeviceAccessRule',
            parameters: { Characteristic: 'DeviceType', QueryString: 'OutlookService', AccessLevel: 'Allow' },
          },
        ],
        off: [
          {
            name: 'Remove-ActiveSyncDeviceAccessRule',
            parameters: { Identity: 'OutlookService (DeviceType)' },
          },
          { name: 'Set-ActiveSyncOrganizationSettings', parameters: { DefaultAccessLevel: 'Allow' } },
        ],
        sign: { name: 'Get-ActiveSyncOrganizationSettings', parameters: {}, has: '"DefaultAccessLevel":"Block"' },
      },
    ],
  },
  {
    id: 'adfs-mfa',
    title: 'AD FS asks for the second factor instead',
    text: 'The trust for Entra ID asks for a second factor from the extranet, and Entra ID leaves it to AD FS.',
    parts: [
      {
        via: 'adfsTrust',
        identifier: entraTrust,
        on: 'Permit everyone and require MFA from extranet access',
        off: 'Permit everyone',
      },
      { via: 'federatedDomains', on: 'enforceMfaByFederatedIdp', off: 'acceptIfMfaDoneByFederatedIdp' },
    ],
  },
  {
    id: 'block-basic-pilot',
    title: 'Basic authentication: blocked for the pilot group',
    text: 'An authentication policy without AutoDiscover, ActiveSync and Outlook service for the members of Mobile Pilot.',
    parts: [
      {
        via: 'exchange',
        deployment: 'exchange-online',
        group: 'Mobile Pilot',
        on: [newPolicy(pilotPolicy)],
        onEach: { name: 'Set-User', parameters: { AuthenticationPolicy: pilotPolicy } },
        offEach: { name: 'Set-User', parameters: { AuthenticationPolicy: null } },
        off: [removePolicy(pilotPolicy)],
        sign: { name: 'Get-AuthenticationPolicy', parameters: {}, has: pilotPolicy },
      },
    ],
  },
  {
    id: 'block-basic-all',
    title: 'Basic authentication: blocked for everybody',
    text: 'Such a policy as the default of the organization.',
    parts: [
      {
        via: 'exchange',
        deployment: 'exchange-online',
        on: [
          newPolicy(everybodysPolicy),
          { name: 'Set-OrganizationConfig', parameters: { DefaultAuthenticationPolicy: everybodysPolicy } },
        ],
        off: [
          { name: 'Set-OrganizationConfig', parameters: { DefaultAuthenticationPolicy: null } },
          removePolicy(everybodysPolicy),
        ],
        sign: { name: 'Get-OrganizationConfig', parameters: {}, has: everybodysPolicy },
      },
    ],
  },
]
