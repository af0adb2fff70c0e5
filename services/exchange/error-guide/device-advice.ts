import type { Advice } from '#shared/error-guide.ts'
import type { ActiveSyncErrorKey } from '../activesync/http/active-sync-error.ts'
import type { BasicRefusal } from '../basic-authentication/basic-refusal.ts'
import type { MobileError } from '../outlook-mobile/mobile-error.ts'

const encoding = 'Compare the bytes with the code pages of [MS-ASWBXML].'
const provision = 'Provision: two rounds of the command Provision, then send the new key in X-MS-PolicyKey.'

export const activeSyncAdvice: Advice<ActiveSyncErrorKey> = {
  invalidContent: ['The body is not what the command takes.', 'The reason names the element.'],
  invalidWbxml: ['The body is not WBXML, or ends too early.', encoding],
  invalidXml: ['The document has elements in the wrong place.', encoding],
  invalidDateTime: ['A time has the wrong form.', 'Compact in Calendar, with dashes elsewhere.'],
  invalidCombinationOfIds: ['LongId comes with FolderId or ItemId.', 'Name the source in one way.'],
  invalidIds: ['An id has the wrong form.', 'Use ids that the server gave.'],
  invalidMime: ['The message is no MIME.', 'Check headers and line ends.'],
  deviceIdMissingOrInvalid: ['DeviceId is missing, or longer than 32 letters and digits.', 'Send one.'],
  deviceTypeMissingOrInvalid: ['DeviceType is missing or too long.', 'Send one.'],
  serverError: ['The server could not do it.', 'See the journal.'],
  mailboxQuotaExceeded: ['The mailbox is full.', 'Delete something.'],
  sendQuotaExceeded: ['The mailbox is over its ProhibitSendQuota.', 'Delete something, or Set-Mailbox.'],
  messageHasNoRecipient: ['The message has no To, Cc or Bcc.', 'Add one.'],
  mailSubmissionFailed: [
    'From names a recipient under whom the person may not send, or the message is larger than MaxSendSize.',
    'Give SendAs or SendOnBehalf, or leave From to the server; Set-Mailbox -MaxSendSize.',
  ],
  userDisabledForSync: ['ActiveSync is off for the mailbox.', 'Set-CASMailbox -ActiveSyncEnabled $true.'],
  deviceBlockedForUser: ['The device is blocked for this mailbox.', 'Set-CASMailbox -ActiveSyncAllowedDeviceIDs.'],
  accessDenied: ['The access state of the device is blocked or in quarantine.', 'Allow it, or change the rule.'],
  commandNotSupported: ['The command does not exist in this version.', 'OPTIONS lists the commands.'],
  versionNotSupported: ['MS-ASProtocolVersion is not offered.', 'OPTIONS lists the versions.'],
  protocolTooOld: ['MS-ASProtocolVersion is 1.0.', 'OPTIONS lists the versions.'],
  remoteWipeRequested: ['Clear-MobileDevice was called.', 'Provision and acknowledge the wipe.'],
  deviceNotProvisioned: ['The device has no policy key, or its policy changed.', provision],
  policyRefresh: ['The policy is older than its DevicePolicyRefreshInterval.', provision],
  invalidPolicyKey: ['The policy key is not the device’s latest.', provision],
  noRecurrenceInCalendar: ['The meeting does not recur, and an instance was named.', 'Leave InstanceId out.'],
  itemNotFound: ['The item is gone.', 'Synchronize.'],
  bodyPartTypeNotSupported: ['BodyPartPreference asks for another type than HTML.', 'Type 2.'],
  deviceInformationRequired: ['The first Provision lacks DeviceInformation.', 'Send it.'],
  invalidAccountId: ['AccountId names an account that Settings does not list.', 'Leave it out.'],
  maximumDevicesReached: ['The mailbox has as many devices as allowed.', 'Remove-MobileDevice.'],
  invalidMimeBodyCombination: ['A meeting is forwarded by name and by message at once.', 'Leave Mime out.'],
  invalidSmartForwardParameters: ['Nobody is named, or the item is no appointment.', 'Name a Forwardee.'],
}

export const basicAdvice: Advice<BasicRefusal['code']> = {
  malformed: ['Authorization: Basic cannot be read.', 'base64 of name:password, in UTF-8.'],
  blockedByPolicy: ['An authentication policy blocks Basic for this protocol.', 'Use a token, or change the policy.'],
  wrongCredentials: ['Name or password is wrong.', 'The overview lists accounts.'],
  noMailbox: ['The account has no mailbox here.', 'Ask AutoDiscover where it is.'],
  identityProviderUnreachable: ['Whoever checks the password does not answer.', 'Start it on the page Machines.'],
}

export const mobileAdvice: Advice<MobileError['code']> = {
  invalidRequest: ['The body is not what the API takes.', 'The text names the field.'],
  outlookMobileDisabled: ['Outlook mobile is off for the mailbox.', 'Set-CASMailbox -OutlookMobileEnabled $true.'],
  notHybrid: ['The mailbox is here, not on-premises.', 'Use it directly.'],
  noSuchMailbox: ['Nobody has the address.', 'Correct it.'],
  noSuchItem: ['The item is gone.', 'Read the list again.'],
  interactionRequired: ['The tokens for the on-premises mailbox are no longer good.', 'Sign in again with the claims.'],
  remoteUnknown: ['Entra ID does not know the on-premises resource.', 'Register it (Hybrid Modern Authentication).'],
  remoteUnreachable: ['Exchange on-premises does not answer.', 'Start it, and the proxy, on the page Machines.'],
}
