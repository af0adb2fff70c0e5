import { type Advice, type ErrorEntry, guideTo } from '#shared/error-guide.ts'
import { catalogue, logonStatuses } from './errors.ts'

const requestAdvice: Advice<keyof typeof catalogue> = {
  unknownUser: ['No account has this name.', 'GET /api/directory/users lists them.'],
  unknownGroup: ['No group has this name.', 'Correct it.'],
  unknownCertificate: ['No certificate has this serial number.', 'GET /api/certificates lists them.'],
  weakPassword: ['The password is too short, too simple, or was used before.', 'Choose another.'],
  unknownDevice: ['No device has this id.', 'Register it, or correct the id.'],
  nameTaken: ['Another account has this name.', 'Choose another.'],
  invalidRequest: ['The body is not what the operation takes.', 'The reason names the field.'],
  foreignDomain: ['The domain of the name is not in the scenario.', 'Add it there.'],
}

/** Beside those of a logon, those of a changed password and of NTLM below version 2. */
const statuses = [...logonStatuses, 'STATUS_PASSWORD_RESTRICTION', 'STATUS_NTLM_BLOCKED'] as const

const logonAdvice: Advice<(typeof statuses)[number]> = {
  STATUS_NO_SUCH_USER: ['No account has this name.', 'Correct it; the overview lists accounts.'],
  STATUS_WRONG_PASSWORD: ['The password is wrong.', 'Correct it; ten wrong ones lock the account.'],
  STATUS_ACCOUNT_DISABLED: ['The account is disabled.', 'PATCH /api/directory/users/{upn} {"enabled":true}.'],
  STATUS_ACCOUNT_LOCKED_OUT: ['Ten wrong passwords within ten minutes.', 'Advance the clock, or {"lockedOut":false}.'],
  STATUS_PASSWORD_EXPIRED: ['The password must be changed.', 'Change it, or {"passwordExpired":false}.'],
  STATUS_ACCOUNT_EXPIRED: ['The account has expired by the clock of the stack.', 'Set the clock, or the scenario.'],
  STATUS_PASSWORD_RESTRICTION: ['The new password is too short, too simple, or was used before.', 'Choose another.'],
  STATUS_NTLM_BLOCKED: ['The member is protected: no NTLM.', 'Use Kerberos or the forms page.'],
}

/** Every error of the domain controller. */
export function directoryErrors(): readonly ErrorEntry[] {
  const logon = Object.fromEntries(statuses.map((each) => [each, 401])) as Record<(typeof statuses)[number], number>
  return [
    ...guideTo('Active Directory: logon', { catalogue: logon, advice: logonAdvice }, (code, status) => ({
      ...{ code, status, message: code },
    })),
    ...guideTo('Active Directory', { catalogue, advice: requestAdvice }, (key, { status, message }) => ({
      ...{ code: `Directory ${key}`, journal: key, status, message },
    })),
  ]
}
