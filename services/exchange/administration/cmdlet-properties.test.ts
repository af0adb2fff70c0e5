import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStage, type Stage } from '../_stage.ts'
import { Device, openOffice } from '../activesync/_device.ts'

type Place = 'online' | 'onPremises'

const open = new AsyncDisposableStack()
let stages: Readonly<Record<Place, Stage>>
let device: Device

beforeAll(async () => {
  const online = await openStage({ name: 'exchange-online', peers: () => ({ status: 404, body: '{}' }) })
  const onPremises = await openOffice()
  stages = { online: open.use(online), onPremises: open.use(onPremises) }
  device = await new Device(onPremises).connect()
  await device.syncAll(device.folder('2'))
})
afterAll(() => open.disposeAsync())

async function run(place: Place, CmdletName: string, Parameters: object = {}) {
  const payload = { CmdletInput: { CmdletName, Parameters } }
  const answer = await stages[place].management.inject({ method: 'POST', url: '/cmdlets', payload })
  expect([CmdletName, answer.statusCode, answer.body.slice(0, 300)]).toEqual([CmdletName, 200, expect.any(String)])
  return (answer.json() as { value: readonly Readonly<Record<string, unknown>>[] }).value
}

const user =
  'Identity Id Name Alias DisplayName DistinguishedName Guid ExternalDirectoryObjectId UserPrincipalName WindowsLiveID MicrosoftOnlineServicesID PrimarySmtpAddress EmailAddresses RecipientType RecipientTypeDetails LegacyExchangeDN OrganizationId ExchangeVersion AdminDisplayVersion AccountDisabled IsDirSynced RemoteRecipientType StsRefreshTokensValidFrom AuthenticationPolicy WhenCreated'
const mailbox = 'ExchangeGuid DatabaseGuid ServerName NetID MailboxLocations WhenMailboxCreated'
const clientAccess =
  'Identity Guid Name DisplayName PrimarySmtpAddress EmailAddresses ServerLegacyDN OrganizationId ExchangeVersion ActiveSyncEnabled ECPEnabled EwsEnabled ImapEnabled MAPIEnabled OWAEnabled PopEnabled ActiveSyncAllowedDeviceIDs ActiveSyncBlockedDeviceIDs ActiveSyncMailboxPolicy ActiveSyncMailboxPolicyIsDefaulted ActiveSyncSuppressReadReceipt ActiveSyncDebugLogging HasActiveSyncDevicePartnership OutlookMobileEnabled OWAforDevicesEnabled OneWinNativeOutlookEnabled UniversalOutlookEnabled MacOutlookEnabled EwsAllowOutlook EwsAllowMacOutlook EwsApplicationAccessPolicy EwsAllowList EwsBlockList MapiHttpEnabled MAPIBlockOutlookNonCachedMode SmtpClientAuthenticationDisabled OwaMailboxPolicy ImapUseProtocolDefaults PopUseProtocolDefaults'
const named = 'Name Identity Id Guid DistinguishedName WhenCreated WhenChanged OrganizationId'
const organization =
  'Name Identity Guid DefaultAuthenticationPolicy OAuth2ClientProfileEnabled EwsEnabled EwsAllowedAppIDs EwsApplicationAccessPolicy EwsAllowList EwsBlockList BasicAuthBlockedApps MapiHttpEnabled IsDehydrated DefaultPublicFolderMailbox CustomerLockboxEnabled RejectDirectSend'
const adfs = 'AdfsIssuer AdfsAudienceUris AdfsSignCertificateThumbprints AdfsEncryptCertificateThumbprint'
const mobileDevice =
  'FriendlyName DeviceId DeviceImei DeviceMobileOperator DeviceOS DeviceOSLanguage DeviceTelephoneNumber DeviceType DeviceUserAgent DeviceModel FirstSyncTime UserDisplayName DeviceAccessState DeviceAccessStateReason DeviceAccessControlRule ClientVersion ClientType IsManaged IsCompliant IsDisabled AdminDisplayName Identity Guid Id Name DistinguishedName WhenCreated WhenChanged'
const statistics =
  'FirstSyncTime LastPolicyUpdateTime LastSyncAttemptTime LastSuccessSync DeviceType DeviceID DeviceUserAgent DeviceWipeSentTime DeviceWipeRequestTime DeviceWipeAckTime LastPingHeartbeat RecoveryPassword DeviceModel DeviceImei DeviceFriendlyName DeviceOS DeviceOSLanguage DevicePhoneNumber DeviceEnableOutboundSMS DeviceMobileOperator Identity Guid IsRemoteWipeSupported Status StatusNote DeviceAccessState DeviceAccessStateReason DeviceAccessControlRule DevicePolicyApplied DevicePolicyApplicationStatus LastDeviceWipeRequestor ClientVersion ClientType NumberOfFoldersSynced'
const mobileSettings =
  'DefaultAccessLevel AdminMailRecipients UserMailInsert OtaNotificationMailInsert AllowAccessForUnSupportedPlatform AllowRMSSupportForUnenlightenedApps EnableMobileMailboxPolicyWhenCAInplace TenantAdminPreference'
const mobilePolicy =
  'Name IsDefault AllowNonProvisionableDevices PasswordEnabled AlphanumericPasswordRequired AllowSimplePassword MinPasswordLength MinPasswordComplexCharacters MaxPasswordFailedAttempts MaxInactivityTimeLock PasswordExpiration PasswordHistory PasswordRecoveryEnabled DevicePolicyRefreshInterval RequireDeviceEncryption DeviceEncryptionEnabled RequireStorageCardEncryption AttachmentsEnabled MaxAttachmentSize MaxCalendarAgeFilter MaxEmailAgeFilter MaxEmailBodyTruncationSize MaxEmailHTMLBodyTruncationSize AllowHTMLEmail AllowCamera AllowWiFi AllowBluetooth AllowBrowser AllowStorageCard AllowTextMessaging AllowPOPIMAPEmail AllowConsumerEmail AllowDesktopSync AllowInternetSharing AllowIrDA AllowRemoteDesktop AllowUnsignedApplications AllowUnsignedInstallationPackages AllowExternalDeviceManagement AllowMobileOTAUpdate AllowSMIMESoftCerts AllowSMIMEEncryptionAlgorithmNegotiation RequireSignedSMIMEMessages RequireEncryptedSMIMEMessages RequireSignedSMIMEAlgorithm RequireEncryptionSMIMEAlgorithm RequireManualSyncWhenRoaming ApprovedApplicationList UnapprovedInROMApplicationList IrmEnabled UNCAccessEnabled WSSAccessEnabled AllowApplePushNotifications AllowGooglePushNotifications AllowMicrosoftPushNotifications'
const both = ['online', 'onPremises'] as const

interface Row {
  readonly cmdlet: string
  readonly properties: string
  readonly places?: readonly Place[]
  /** What makes the object that is looked at. */
  readonly first?: readonly [cmdlet: string, parameters: object]
}

const rows: readonly Row[] = [
  { cmdlet: 'Get-Mailbox', properties: `${user} ${mailbox}` },
  { cmdlet: 'Get-MailUser', properties: `${user} ExternalEmailAddress ArchiveGuid` },
  { cmdlet: 'Get-CASMailbox', properties: clientAccess },
  {
    cmdlet: 'Get-User',
    properties: `Identity UserPrincipalName SID AuthenticationPolicy StsRefreshTokensValidFrom RecipientTypeDetails AccountDisabled`,
  },
  { cmdlet: 'Get-OrganizationConfig', properties: organization },
  { cmdlet: 'Get-OrganizationConfig', properties: adfs, places: ['onPremises'] },
  {
    cmdlet: 'Get-AuthenticationPolicy',
    properties: `${named} AllowBasicAuthActiveSync AllowBasicAuthAutodiscover AllowBasicAuthImap AllowBasicAuthMapi AllowBasicAuthOfflineAddressBook AllowBasicAuthOutlookService AllowBasicAuthPop AllowBasicAuthPowershell AllowBasicAuthReportingWebServices AllowBasicAuthRpc AllowBasicAuthSmtp AllowBasicAuthWebServices`,
    places: ['online'],
    first: ['New-AuthenticationPolicy', { Name: 'One' }],
  },
  {
    cmdlet: 'Get-AuthenticationPolicy',
    properties: ['Legacy', 'Modern']
      .flatMap((kind) =>
        ['ActiveSync', 'Autodiscover', 'Imap', 'Mapi', 'OfflineAddressBook', 'Pop', 'Rpc', 'WebServices'].map(
          (protocol) => `Block${kind}Auth${protocol}`,
        ),
      )
      .concat(named)
      .join(' '),
    places: ['onPremises'],
    first: ['New-AuthenticationPolicy', { Name: 'One' }],
  },
  { cmdlet: 'Get-MobileDevice', properties: mobileDevice, places: ['onPremises'] },
  { cmdlet: 'Get-MobileDeviceStatistics', properties: statistics, places: ['onPremises'] },
  {
    cmdlet: 'Get-ActiveSyncDeviceAccessRule',
    properties: 'Name AccessLevel Characteristic QueryString',
    first: [
      'New-ActiveSyncDeviceAccessRule',
      { Characteristic: 'DeviceType', QueryString: 'iPad', AccessLevel: 'Block' },
    ],
  },
  { cmdlet: 'Get-ActiveSyncOrganizationSettings', properties: mobileSettings },
  { cmdlet: 'Get-MobileDeviceMailboxPolicy', properties: mobilePolicy },
]

test.each(rows)('$cmdlet returns $properties', async ({ cmdlet, properties, places = both, first }) => {
  for (const place of places) {
    if (first) await run(place, ...first)
    const [object = {}] = await run(place, cmdlet)
    const missing = properties.split(' ').filter((name) => object[name] === undefined)
    expect([place, missing]).toEqual([place, []])
  }
})

test('when somebody became a recipient and got the mailbox is the time of the stack', async () => {
  const [bob] = await run('onPremises', 'Get-Mailbox', { Identity: 'bob@contoso.com' })
  expect(bob).toMatchObject({
    WhenCreated: '2026-03-02T12:00:00.000Z',
    WhenMailboxCreated: '2026-03-02T12:00:00.000Z',
    NetID: expect.stringMatching(/^1003[0-9A-F]{12}$/),
    AccountDisabled: false,
    MailboxLocations: [`1;${bob?.ExchangeGuid};Primary;contoso.com;${bob?.DatabaseGuid}`],
  })
})

test('what a phone does shows: folders, policy, heartbeat and the moments of a wipe', async () => {
  const look = async () => (await run('onPremises', 'Get-MobileDeviceStatistics', { Mailbox: 'bob@contoso.com' }))[0]
  const before = await look()
  expect(before).toMatchObject({ NumberOfFoldersSynced: 1, Status: 'DeviceOk', DeviceWipeRequestTime: null })
  const [client] = await run('onPremises', 'Get-CASMailbox', { Identity: 'bob@contoso.com' })
  expect(client?.HasActiveSyncDevicePartnership).toBe(true)
  const { clock } = stages.onPremises
  await run('onPremises', 'Clear-MobileDevice', { Identity: String(before?.Identity) })
  const ordered = clock.now().toISOString()
  expect(await look()).toMatchObject({ DeviceWipeRequestTime: ordered, DeviceWipeSentTime: null })
  await clock.advance(60_000)
  await device.send('Provision', '<Provision:Provision/>')
  const sent = clock.now().toISOString()
  expect(await look()).toMatchObject({
    DeviceWipeRequestTime: ordered,
    DeviceWipeSentTime: sent,
    DeviceWipeAckTime: null,
  })
  await clock.advance(60_000)
  await device.send(
    'Provision',
    '<Provision:Provision><Provision:RemoteWipe><Provision:Status>1</Provision:Status></Provision:RemoteWipe></Provision:Provision>',
  )
  const wiped = { DeviceWipeAckTime: clock.now().toISOString(), Status: 'DeviceWipeSucceeded' }
  expect(await look()).toMatchObject({ DeviceWipeSentTime: sent, ...wiped })
})
