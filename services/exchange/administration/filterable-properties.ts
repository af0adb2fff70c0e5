/**
 * What `-Filter` may name although nobody here has such a thing, in small letters ("Filterable properties for the
 * Filter parameter on Exchange cmdlets", "Get-MobileDevice"); besides these, what the cmdlet itself shows.
 */
export const filterableProperties: ReadonlySet<string> = new Set([
  ...namesIn(`
  AccountDisabled AcceptMessagesOnlyFrom AcceptMessagesOnlyFromDLMembers ActiveSyncAllowedDeviceIDs
  ActiveSyncBlockedDeviceIDs ActiveSyncEnabled ActiveSyncMailboxPolicy ActiveSyncSuppressReadReceipt
  AddressBookPolicy AddressListMembership Alias ArchiveDatabase ArchiveGuid ArchiveName ArchiveQuota
  ArchiveState ArchiveStatus AssistantName AuditEnabled AuthenticationPolicy
  BypassModerationFromSendersOrMembers CertificateSubject City Company ConsumerNetID CountryOrRegion Database
  DefaultPublicFolderMailbox DeletedItemFlags DeliverToMailboxAndForward Department DirectReports
  DisabledArchiveDatabase DisplayName DistinguishedName ECPEnabled EmailAddresses EmailAddressPolicyEnabled
  EntryId EwsEnabled ExchangeGuid ExchangeUserAccountControl ExchangeVersion ExpansionServer
  ExternalDirectoryObjectId ExternalEmailAddress ExternalOofOptions Fax FirstName ForwardingAddress
  ForwardingSmtpAddress GrantSendOnBehalfTo Guid HasActiveSyncDevicePartnership HiddenFromAddressListsEnabled
  HomePhone Id ImapEnabled ImmutableId IncludeInGarbageCollection InPlaceHolds Initials IsDirSynced
  IsExcludedFromServingHierarchy IsInactiveMailbox IsLinked IsMailboxEnabled IsResource IsSecurityPrincipal
  IsShared IsSoftDeletedByDisable IsSoftDeletedByRemove IssueWarningQuota LanguagesRaw LastExchangeChangedTime
  LastName LegacyExchangeDN LitigationHoldDate LitigationHoldEnabled LitigationHoldOwner MailboxMoveBatchName
  MailboxMoveFlags MailboxMoveRemoteHostName MailboxMoveSourceMDB MailboxMoveStatus MailboxMoveTargetMDB
  MailboxPlan MailboxRelease ManagedBy ManagedFolderMailboxPolicy Manager MAPIEnabled MasterAccountSid
  MaxBlockedSenders MaxReceiveSize MaxSafeSenders MaxSendSize MemberDepartRestriction MemberJoinRestriction
  MemberOfGroup Members MobilePhone ModeratedBy ModerationEnabled Name NetID Notes ObjectCategory ObjectClass
  Office OfflineAddressBook OnPremisesObjectId OperatorNumber OtherFax OtherHomePhone OtherTelephone OWAEnabled
  OWAforDevicesEnabled OwaMailboxPolicy Pager PersistedCapabilities Phone PhoneticDisplayName
  PhysicalDeliveryOfficeName PopEnabled PostalCode PostOfficeBox PreviousRecipientTypeDetails PrimarySmtpAddress
  ProhibitSendQuota ProhibitSendReceiveQuota ProtocolSettings PublicFolderContacts QueryBaseDN
  RawExternalEmailAddress RawName RecipientContainer RecipientFilter RecipientLimits RecipientType
  RecipientTypeDetails RejectMessagesFrom RejectMessagesFromDLMembers RemoteAccountPolicy
  RemotePowerShellEnabled RemoteRecipientType ReportToManagerEnabled ReportToOriginatorEnabled
  RequireAllSendersAreAuthenticated ResourceBehaviorOptions ResourceCapacity ResourceCustom ResourceMetaData
  ResourcePropertiesDisplay ResourceSearchProperties RetainDeletedItemsFor RetentionComment RetentionPolicy
  RetentionUrl RoleAssignmentPolicy RulesQuota SafeRecipientsHash SafeSendersHash SamAccountName
  SCLDeleteThresholdInt SCLJunkThresholdInt SCLQuarantineThresholdInt SCLRejectThresholdInt
  SendOofMessageToOriginatorEnabled ServerLegacyDN ServerName SharingPolicy Sid SidHistory SimpleDisplayName
  SingleItemRecoveryEnabled SKUAssigned SMimeCertificate StateOrProvince StreetAddress StsRefreshTokensValidFrom
  TelephoneAssistant TextEncodedORAddress ThrottlingPolicy Title UMAddresses UMCallingLineIds UMDtmfMap
  UMEnabled UMMailboxPolicy UMRecipientDialPlanId UnicodePassword UsageLocation UseDatabaseQuotaDefaults
  UserAccountControl UserCertificate UserPrincipalName VoiceMailSettings WebPage WhenChanged WhenChangedUTC
  WhenCreated WhenCreatedUTC WhenMailboxCreated WhenSoftDeleted WindowsEmailAddress WindowsLiveID
`),
  ...numbered('CustomAttribute', 15),
  ...numbered('ExtensionCustomAttribute', 5),
  ...namesIn(`
  ClientType ClientVersion DeviceAccessControlRule DeviceAccessState DeviceAccessStateReason
  DeviceActiveSyncVersion DeviceEnableOutboundSMS DeviceId DeviceImei DeviceMobileOperator DeviceModel DeviceOS
  DeviceOSLanguage DeviceTelephoneNumber DeviceType DeviceUserAgent FirstSyncTime FriendlyName Identity
  IsDisabled IsManaged IsCompliant ProvisioningFlags UserDisplayName
`),
])

function namesIn(text: string): readonly string[] {
  return text.trim().toLowerCase().split(/\s+/)
}

function numbered(name: string, last: number): readonly string[] {
  return Array.from({ length: last }, (_, index) => `${name}${index + 1}`.toLowerCase())
}
