import { ProtocolError } from '#shared/errors.ts'
import type { Blocked } from '../devices/behaviour-ledger.ts'

/** [MS-ASCMD] 2.2.2: from 14.0 on a Status in the answer, before that the HTTP status. */
export const catalogue = {
  invalidContent: { status: 101, http: 400 },
  invalidWbxml: { status: 102, http: 400 },
  invalidXml: { status: 103, http: 400 },
  invalidDateTime: { status: 104, http: 400 },
  invalidCombinationOfIds: { status: 105, http: 400 },
  invalidIds: { status: 106, http: 400 },
  invalidMime: { status: 107, http: 400 },
  deviceIdMissingOrInvalid: { status: 108, http: 400 },
  deviceTypeMissingOrInvalid: { status: 109, http: 400 },
  serverError: { status: 110, http: 500 },
  mailboxQuotaExceeded: { status: 113, http: 507 },
  sendQuotaExceeded: { status: 115, http: 507 },
  messageHasNoRecipient: { status: 119, http: 400 },
  mailSubmissionFailed: { status: 120, http: 500 },
  userDisabledForSync: { status: 126, http: 403 },
  deviceBlockedForUser: { status: 129, http: 403 },
  accessDenied: { status: 130, http: 403 },
  commandNotSupported: { status: 137, http: 501 },
  versionNotSupported: { status: 138, http: 400 },
  protocolTooOld: { status: 138, http: 505 },
  remoteWipeRequested: { status: 140, http: 449 },
  deviceNotProvisioned: { status: 142, http: 449 },
  policyRefresh: { status: 143, http: 449 },
  invalidPolicyKey: { status: 144, http: 449 },
  noRecurrenceInCalendar: { status: 146, http: 400 },
  itemNotFound: { status: 150, http: 400 },
  bodyPartTypeNotSupported: { status: 164, http: 400 },
  deviceInformationRequired: { status: 165, http: 400 },
  invalidAccountId: { status: 166, http: 400 },
  maximumDevicesReached: { status: 177, http: 403 },
  invalidMimeBodyCombination: { status: 178, http: 400 },
  invalidSmartForwardParameters: { status: 179, http: 400 },
} as const

/** Whoever asks too often is sent away, in every version ([MS-ASHTTP] 3.2.5.1.1). */
export class DeviceThrottled extends ProtocolError {
  readonly status = 503
  readonly code = 'deviceThrottled'
  readonly headers: Readonly<Record<string, string>>

  constructor({ behaviour, seconds }: Blocked, deviceId: string) {
    super('', `device ${deviceId} is over the threshold ${behaviour}; ${seconds} s are left of its block`)
    this.headers = { 'x-ms-asthrottle': behaviour, 'retry-after': String(seconds) }
  }
}

/** Outlook mobile is turned off for the mailbox: nothing of the request is looked at. */
export class ClientNotAllowed extends ProtocolError {
  readonly status = 403
  readonly code = 'outlookMobileDisabled'

  constructor(reason: string) {
    super('', reason)
  }
}

export type ActiveSyncErrorKey = keyof typeof catalogue

/** What a command answers in place of its result. */
export class ActiveSyncError extends ProtocolError {
  readonly code: ActiveSyncErrorKey
  readonly status: number
  /** The Status element for versions 14.0 and later. */
  readonly commonStatus: number

  constructor(code: ActiveSyncErrorKey, reason: string, options?: ErrorOptions) {
    super('', reason, options)
    this.code = code
    this.status = catalogue[code].http
    this.commonStatus = catalogue[code].status
  }
}
