import type { Advice } from '#shared/error-guide.ts'
import type { BearerProblem } from '../access-tokens/bearer-refusal.ts'
import type { CmdletErrorKey } from '../administration/cmdlet-error.ts'
import type { AutoDiscoverErrorCode } from '../auto-discover/auto-discover-error.ts'
import type { ExchangeErrorKey } from '../errors.ts'
import type { SmtpRefusalKey } from '../smtp/smtp-refusal.ts'

const again = 'Start the sign-in anew.'
const clock = 'Compare the clock of the stack with that of whoever issued it.'

export const webAdvice: Advice<ExchangeErrorKey> = {
  wrongAudienceOrCertificate: [
    'The token of AD FS is for another address, or signed by a certificate that Set-OrganizationConfig does not list.',
    'Compare AdfsAudienceUris and AdfsSignCertificateThumbprints; after a roll-over, set the new thumbprint.',
  ],
  wrongTokenIssuer: ['The token is of another federation service.', 'Compare AdfsIssuer.'],
  tokenExpired: ['The token is too old.', clock],
  tokenNotYetValid: ['The token is of the future.', clock],
  tokenReplayed: ['The same token came twice.', again],
  unreadableToken: ['wresult cannot be read.', 'The journal has the reason.'],
  noUserInToken: ['The token has no user principal name or SID.', 'Restore the claim rules of the trust.'],
  noMailbox: ['The account has no mailbox here.', 'Enable-Mailbox, or give it one in the scenario.'],
  outlookWebDisabled: ['Outlook on the web is off for the mailbox.', 'Set-CASMailbox -OWAEnabled $true.'],
  mailboxNotOpened: [
    'The person has no Full Access to the mailbox.',
    'Add-MailboxPermission -AccessRights FullAccess.',
  ],
  ownMailboxOnly: ["Somebody orders a device of another's mailbox about.", 'Sign in as its owner, or use cmdlets.'],
  sendAsDenied: [
    'The person may open the mailbox, and not send as its owner.',
    'Add-RecipientPermission -AccessRights SendAs, or Set-Mailbox -GrantSendOnBehalfTo.',
  ],
  controlPanelDisabled: ['The control panel is off for the mailbox.', 'Set-CASMailbox -ECPEnabled $true.'],
  accountDisabled: ['The account is disabled.', 'Enable it in Active Directory.'],
  mailboxOnPremises: ['The mailbox is on-premises.', 'Use https://mail.contoso.com/owa.'],
  tokenForAnother: ['The ID token has another audience.', again],
  badTokenSignature: ['No key of the tenant made the signature.', 'After a roll-over wait for the keys to be read.'],
  nonceMismatch: ['The answer belongs to another sign-in.', again],
  staleSignIn: ['state is unknown, used or too old, or of another browser.', again],
  badCodeHash: ['c_hash does not fit the code.', again],
  tooManyRounds: ['The session cookie never came back.', 'Let cookies through; look for a fault that drops them.'],
  directoryUnreachable: ['`directory` does not answer.', 'Start it on the page Machines.'],
  keysUnreachable: ['Entra ID does not answer.', 'Start `entra` on the page Machines.'],
  signInRefused: ['Entra ID answered with an error.', 'The page and the journal have its AADSTS code.'],
  unreadableState: ['state cannot be read: it was sealed by another server, or changed.', again],
  loginTimeout: ['The session of Outlook on the web has ended.', 'Sign in again.'],
  staleCanary: ['The form has no valid canary.', 'Reload the page.'],
  tooLarge: ['The attachments exceed the limit.', 'Send less.'],
  malformedForm: ['The form cannot be read.', 'Send it from the page.'],
  mailboxFull: ['The quota is reached.', 'Delete something, or Set-Mailbox -ProhibitSendReceiveQuota.'],
  sendQuotaExceeded: ['The mailbox is over its ProhibitSendQuota.', 'Delete something, or Set-Mailbox.'],
  messageTooLarge: ['The message is larger than MaxSendSize.', 'Set-Mailbox -MaxSendSize, or send less.'],
  mailboxUnavailable: ['The store, PostgreSQL, does not answer.', 'Start it, and open the page again.'],
  notAdministrator: ['The person is in no role group with the cmdlet.', 'The journal names it; Add-RoleGroupMember.'],
  notOrganizer: ['Only the organizer changes a meeting.', 'Sign in as the organizer.'],
  noSuchItem: ['The item was deleted or moved.', 'Go back to the list.'],
}

export const bearerAdvice: Advice<BearerProblem> = {
  unreadable: ['What was sent as bearer token is no JWT.', 'Send the access token unchanged.'],
  invalid: ['Signature, time or form of the token is wrong.', 'The journal says which; get a new token.'],
  audience: ['The token is for another resource.', 'Ask for https://outlook.office365.com.'],
  audienceHost: ['The token is for another host of Exchange.', 'Ask for the host that is called.'],
  tenant: ['The token is of another tenant.', 'Sign in at the right one.'],
  user: ['The account of the token is not here.', 'Wait for provisioning, or run a synchronization.'],
  permission: ['The application lacks a permission.', 'Add the one in the text, and consent.'],
  issuer: ['The issuer is not trusted.', 'Sign in at Entra ID.'],
}

export const cmdletAdvice: Advice<CmdletErrorKey> = {
  objectNotFound: ['No object has this identity.', 'Get- without -Identity lists them.'],
  objectExists: ['The name is taken.', 'Choose another.'],
  addressTaken: ['Another recipient has the address.', 'Get-Recipient finds it; choose another.'],
  notAcceptedDomain: ['The domain of the address is not accepted.', 'Get-AcceptedDomain lists those that are.'],
  memberExists: ['The recipient is in the group already.', 'See Get-DistributionGroupMember.'],
  memberNotFound: ['The recipient is not in the group.', 'See Get-DistributionGroupMember.'],
  moveFailed: [
    'The move is refused here, or the MRSProxy of the other place refuses it.',
    'The text says why: host name, credential, role, delivery domain, or where the mailbox is.',
  ],
  directoryUnavailable: ['The directory does not answer.', 'Start it on the page Machines.'],
  storeUnavailable: ['The store, PostgreSQL, does not answer.', 'Start it, and run the cmdlet again.'],
  invalidArgument: ['The change makes no sense for this object.', 'The text says why.'],
  badParameter: ['The cmdlet has no such parameter, or lacks one.', 'Compare with Get-Help.'],
  badValue: ['The value is out of range.', 'The text says what is allowed.'],
  unknownCmdlet: [
    'The cmdlet does not exist, or the role does not have it.',
    'Get-Command lists those that are there.',
  ],
  tooManyRequests: ['More requests came than anybody may make.', 'Wait as long as Retry-After says.'],
  badRequest: ['The envelope of the call cannot be read.', 'Send CmdletInput as the module does.'],
  forbidden: ['The account has no role for this cmdlet.', 'Add-RoleGroupMember "Organization Management".'],
}

export const submissionAdvice: Advice<SmtpRefusalKey> = {
  badCredentials: ['Name, password or token is wrong.', 'The journal has the reason.'],
  basicBlocked: ['An authentication policy blocks Basic.', 'Use XOAUTH2, or Set-AuthenticationPolicy.'],
  submissionDisabled: ['SMTP submission is off for the mailbox.', 'Set-CASMailbox -SmtpClientAuthenticationDisabled.'],
  cannotSendAs: [
    'MAIL FROM or From is not an address of the account.',
    'Send as yourself, or give SendAs or SendOnBehalf.',
  ],
  unknownRecipient: ['No mailbox or contact has the address.', 'Correct it.'],
  cannotRelay: ['The recipient is outside and the sender is not signed in.', 'Sign in before.'],
  mailboxInTransit: ['The mailbox is being switched to this place this moment.', 'Try again: the move completes.'],
  unrecognizedParameter: ['MAIL or RCPT has a parameter of an extension that EHLO does not list.', 'Leave it out.'],
  tooManyLogonFailures: ['Three sign-ins of one connection failed.', 'Correct name and password, and connect again.'],
  headTooLarge: ['The headers are larger than 256 KB.', 'Send fewer or shorter ones.'],
  hopCountExceeded: ['The message has more than 60 Received headers.', 'Look for servers that send it in a circle.'],
  tooLarge: ['The message is larger than the limit.', 'Send less.'],
  temporaryAuthentication: ['Nobody could be asked about the password or token.', 'Sign in again in a moment.'],
  temporary: ['Delivery is not possible now, or a fault says so.', 'Send again.'],
}

export const autoDiscoverAdvice: Advice<AutoDiscoverErrorCode> = {
  MissingProtocol: ['Protocol is missing.', 'Add ?Protocol=ActiveSync.'],
  MandatoryParameterMissing: ['The address is missing.', 'Put it into the path.'],
  InvalidProtocol: ['Protocol is unknown.', 'Use ActiveSync, AutodiscoverV1, Ews, Rest …'],
  ProtocolNotSupported: ['The protocol is not offered here.', 'Ask for another.'],
  UserNotFound: ['Nobody has the address.', 'Correct it.'],
}
