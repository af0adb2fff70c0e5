import { ProtocolError } from '#shared/errors.ts'

interface CmdletErrorFacts {
  readonly status: number
  /** `error.code` of the envelope. */
  readonly envelope: string
  readonly type: string
}

/** The types other than ManagementObjectNotFoundException are plausible, not observed. */
export const catalogue = {
  objectNotFound: {
    status: 404,
    envelope: 'NotFound',
    type: 'Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException',
  },
  objectExists: {
    status: 400,
    envelope: 'BadRequest',
    type: 'Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException',
  },
  memberExists: {
    status: 400,
    envelope: 'BadRequest',
    type: 'Microsoft.Exchange.Management.Tasks.MemberAlreadyExistsException',
  },
  memberNotFound: {
    status: 404,
    envelope: 'NotFound',
    type: 'Microsoft.Exchange.Management.Tasks.MemberNotFoundException',
  },
  invalidArgument: {
    status: 400,
    envelope: 'BadRequest',
    type: 'Microsoft.Exchange.Management.Tasks.InvalidOperationException',
  },
  badParameter: {
    status: 400,
    envelope: 'BadRequest',
    type: 'System.Management.Automation.ParameterBindingException',
  },
  badValue: { status: 400, envelope: 'BadRequest', type: 'Microsoft.Exchange.Data.DataValidationException' },
  unknownCmdlet: {
    status: 404,
    envelope: 'NotFound',
    type: 'System.Management.Automation.CommandNotFoundException',
  },
  addressTaken: {
    status: 400,
    envelope: 'BadRequest',
    type: 'Microsoft.Exchange.Data.Directory.ProxyAddressExistsException',
  },
  notAcceptedDomain: {
    status: 400,
    envelope: 'BadRequest',
    type: 'Microsoft.Exchange.Management.RecipientTasks.NotAcceptedDomainException',
  },
  moveFailed: {
    status: 400,
    envelope: 'BadRequest',
    type: 'Microsoft.Exchange.MailboxReplicationService.RemotePermanentException',
  },
  directoryUnavailable: {
    status: 503,
    envelope: 'ServiceUnavailable',
    type: 'Microsoft.Exchange.Data.Directory.ADTransientException',
  },
  storeUnavailable: {
    status: 503,
    envelope: 'ServiceUnavailable',
    type: 'Microsoft.Exchange.Data.Storage.StorageTransientException',
  },
  tooManyRequests: {
    status: 429,
    envelope: 'TooManyRequests',
    type: 'Microsoft.Exchange.Data.Storage.OverBudgetException',
  },
  badRequest: {
    status: 400,
    envelope: 'BadRequest',
    type: 'Microsoft.Exchange.Admin.OData.Core.ODataServiceException',
  },
  forbidden: {
    status: 403,
    envelope: 'Forbidden',
    type: 'System.UnauthorizedAccessException',
  },
} as const satisfies Record<string, CmdletErrorFacts>

export type CmdletErrorKey = keyof typeof catalogue

/** What a cmdlet says instead of doing something; `message` is PowerShell's text. */
export class CmdletError extends ProtocolError {
  readonly status: number
  readonly code: CmdletErrorKey

  constructor(key: CmdletErrorKey, message: string, options?: ErrorOptions & { readonly reason?: string }) {
    super(message, options?.reason ?? message, options)
    this.status = catalogue[key].status
    this.code = key
  }

  get facts(): CmdletErrorFacts {
    return catalogue[this.code]
  }
}
