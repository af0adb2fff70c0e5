import { ProtocolError } from '#shared/errors.ts'

/** [MS-ERREF] §2.3 names of why a logon fails. */
export const logonStatuses = [
  'STATUS_NO_SUCH_USER',
  'STATUS_WRONG_PASSWORD',
  'STATUS_ACCOUNT_DISABLED',
  'STATUS_ACCOUNT_LOCKED_OUT',
  'STATUS_PASSWORD_EXPIRED',
  'STATUS_ACCOUNT_EXPIRED',
] as const

export type LogonStatus = (typeof logonStatuses)[number]

export const catalogue = {
  unknownUser: { status: 404, message: 'There is no such user.' },
  unknownGroup: { status: 404, message: 'There is no such group.' },
  unknownCertificate: { status: 404, message: 'There is no such certificate.' },
  weakPassword: {
    status: 400,
    message:
      'The password does not meet the password policy requirements. Check the minimum password length, password complexity and password history requirements.',
  },
  unknownDevice: { status: 404, message: 'There is no such device.' },
  nameTaken: { status: 409, message: 'The name is taken.' },
  invalidRequest: { status: 400, message: 'The request is not valid.' },
  foreignDomain: { status: 400, message: 'The user principal name is in no domain of this world.' },
} as const satisfies Record<string, { status: number; message: string }>

export class DirectoryError extends ProtocolError {
  readonly status: number
  readonly code: string

  constructor(key: keyof typeof catalogue, reason: string) {
    super(catalogue[key].message, reason)
    this.status = catalogue[key].status
    this.code = key
  }
}
