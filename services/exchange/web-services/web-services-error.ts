import { ProtocolError } from '#shared/errors.ts'
import type { RefusalCode } from '../mailbox/mailbox-refusal.ts'

/** ResponseCode of [MS-OXWSCDATA] 2.2.5.24, with the product's texts where they are known. */
export const catalogue = {
  ErrorAccessDenied: 'Access is denied. Check credentials and try again.',
  ErrorAttachmentNotFound: 'The attachment could not be found.',
  ErrorAffectedTaskOccurrencesRequired: 'AffectedTaskOccurrences attribute must be specified for Task items.',
  ErrorCalendarCannotMoveOrCopyOccurrence: 'Occurrence items cannot be moved or copied.',
  ErrorCalendarEndDateIsEarlierThanStartDate: 'EndDate is earlier than StartDate',
  ErrorCalendarInvalidRecurrence: 'The recurrence is invalid.',
  ErrorCalendarIsNotOrganizer: 'You must be the organizer of the meeting to perform this operation.',
  ErrorCalendarIsNotRecurringMaster: 'The specified item is not a recurring master.',
  ErrorCalendarIsOrganizerForAccept: 'An organizer cannot accept the meeting that they organize.',
  ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange: 'Occurrence with this index is out of the recurrence range.',
  ErrorCalendarOccurrenceIsDeletedFromRecurrence:
    'Occurrence with this index was previously deleted from the recurrence.',
  ErrorDelegateAlreadyExists: 'The specified user is already a delegate of the principal.',
  ErrorDelegateCannotAddOwner: 'The owner of the mailbox cannot be added as a delegate.',
  ErrorDelegateNoUser: 'The user could not be found, or has no mailbox.',
  ErrorDeleteDistinguishedFolder: 'Distinguished folders cannot be deleted.',
  ErrorFolderExists: 'A folder with the specified name already exists.',
  ErrorFolderNotFound: 'The specified folder could not be found in the store.',
  ErrorImpersonateUserDenied: 'The account does not have permission to impersonate the requested user.',
  ErrorImpersonationRequired: 'ExchangeImpersonation SOAP header must be present for this type of OAuth token.',
  ErrorInvalidExtendedProperty: 'The extended property attribute combination is invalid.',
  ErrorInvalidFractionalPagingParameters: 'Invalid fractional paging. The numerator is beyond the denominator.',
  ErrorInvalidIdMalformed: 'Id is malformed.',
  ErrorInvalidItemForOperationAcceptItem: 'The item is invalid for this operation.',
  ErrorInvalidItemForOperationCreateItem: 'The item is invalid for this operation.',
  ErrorInvalidItemForOperationRemoveItem: 'The item is invalid for this operation.',
  ErrorInvalidOperation: 'The operation is invalid.',
  ErrorInvalidPercentCompleteValue: 'PercentComplete must be between 0 and 100.',
  ErrorInvalidPermissionSettings: 'The permission level and the separate rights do not fit together.',
  ErrorInvalidPropertyAppend: 'Append action is invalid for property.',
  ErrorInvalidPropertyDelete: 'Delete action is invalid for property.',
  ErrorInvalidPropertySet: 'Set action is invalid for property.',
  ErrorInvalidRecipients: 'At least one recipient isn’t valid.',
  ErrorInvalidRequest: 'The request is invalid.',
  ErrorInvalidServerVersion: 'The specified server version is invalid.',
  ErrorInvalidSyncStateData: 'The supplied synchronization state data is invalid.',
  ErrorIrresolvableConflict:
    'The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.',
  ErrorItemNotFound:
    'The specified object was not found in the store., The process failed to get the correct properties.',
  ErrorMessageDispositionRequired: 'The message disposition attribute is required.',
  ErrorMessageSizeExceeded: 'The message exceeds the maximum supported size.',
  ErrorMimeContentInvalid: 'The MIME content is invalid.',
  ErrorMoveCopyFailed: 'Move/Copy operation failed.',
  ErrorNameResolutionNoResults: 'No results were found.',
  ErrorNonExistentMailbox: 'The SMTP address has no mailbox associated with it.',
  ErrorNotDelegate: 'The specified user is not a delegate of the principal.',
  ErrorQuotaExceeded: 'The message store has exceeded its quota.',
  ErrorSendAsDenied:
    'The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.',
  ErrorSchemaValidation: 'The request failed schema validation.',
  ErrorSendMeetingCancellationsRequired: 'SendMeetingCancellations attribute is required for Calendar items.',
  ErrorSendMeetingInvitationsOrCancellationsRequired:
    'SendMeetingInvitationsOrCancellations attribute is required for Calendar items.',
  ErrorSendMeetingInvitationsRequired: 'SendMeetingInvitations attribute is required for Calendar items.',
  ErrorInvalidPullSubscriptionId: 'The pull subscription ID is invalid.',
  ErrorInvalidSubscription: 'The subscription is invalid.',
  ErrorInvalidSubscriptionRequest: 'The subscription request is invalid.',
  ErrorInvalidWatermark: 'The watermark is invalid.',
  ErrorSubscriptionAccessDenied: 'Access to the subscription is denied.',
  ErrorSubscriptionNotFound: 'The subscription was not found.',
  ErrorTimeZone: 'Unable to find a time zone definition for the specified time zone.',
} as const satisfies Record<string, string>

export type ResponseCode = keyof typeof catalogue

/** A refusal of one item of a request, or of the whole request as a SOAP fault. */
export class WebServicesError extends ProtocolError {
  readonly status = 500
  readonly code: ResponseCode

  constructor(code: ResponseCode, reason: string, options?: ErrorOptions & { readonly text?: string }) {
    super(options?.text ?? catalogue[code], reason, options)
    this.code = code
  }
}

/** The whole door is shut, for the organization, the mailbox or the program ("Control access to EWS in Exchange"). */
export class WebServicesBlocked extends ProtocolError {
  readonly status = 403
  readonly code = 'webServicesBlocked'
  readonly headers: Readonly<Record<string, string>>

  constructor(reason: string, location: 'online' | 'onPremises') {
    super('', reason)
    const explained = { 'x-ews-policy-reason': 'EWS is blocked by policy for this user or tenant' }
    this.headers = location === 'online' ? explained : {}
  }
}

/** What each refusal of the mailbox store is called here. */
export const refusalCodes: Readonly<Record<RefusalCode, ResponseCode>> = {
  noSuchMailbox: 'ErrorNonExistentMailbox',
  noSuchFolder: 'ErrorFolderNotFound',
  noSuchParent: 'ErrorFolderNotFound',
  noSuchItem: 'ErrorItemNotFound',
  folderExists: 'ErrorFolderExists',
  folderIsWellKnown: 'ErrorDeleteDistinguishedFolder',
  folderInsideItself: 'ErrorMoveCopyFailed',
  emptyName: 'ErrorInvalidRequest',
  quotaExceeded: 'ErrorQuotaExceeded',
  sendQuotaExceeded: 'ErrorQuotaExceeded',
  messageTooLarge: 'ErrorMessageSizeExceeded',
}
