import { type ErrorEntry, guideTo } from '#shared/error-guide.ts'
import { catalogue as bearer } from '../access-tokens/bearer-refusal.ts'
import { catalogue as activeSync } from '../activesync/http/active-sync-error.ts'
import { catalogue as cmdlets } from '../administration/cmdlet-error.ts'
import { statuses as autoDiscover } from '../auto-discover/auto-discover-error.ts'
import { codes as basic } from '../basic-authentication/basic-refusal.ts'
import { catalogue as web } from '../errors.ts'
import { statuses as mobile } from '../outlook-mobile/mobile-error.ts'
import { catalogue as submission } from '../smtp/smtp-refusal.ts'
import { catalogue as webServices } from '../web-services/web-services-error.ts'
import { activeSyncAdvice, basicAdvice, mobileAdvice } from './device-advice.ts'
import { autoDiscoverAdvice, bearerAdvice, cmdletAdvice, submissionAdvice, webAdvice } from './web-advice.ts'
import { webServicesAdvice } from './web-services-advice.ts'

const access = 'Exchange: access'

/** Refusals that are in no catalogue: each is a class of its own. */
const single: readonly ErrorEntry[] = [
  {
    ...{ code: '401 challenge', journal: 'unauthenticated', surface: access, status: 401 },
    message: 'WWW-Authenticate names the ways to sign in.',
    cause: 'The request says nothing of who sends it, or asks with an empty bearer where to sign in.',
    fix: 'Nothing to mend, when the client answers the challenge.',
  },
  {
    ...{ code: '401 Windows', journal: 'windowsRefused', surface: access, status: 401 },
    message: 'WWW-Authenticate: Negotiate, NTLM',
    cause:
      'NTLM or Negotiate came, and the account, its answer or the message is not accepted; the journal says which.',
    fix: 'Send all three messages on one connection, with the right password; look at authentication policies (BlockLegacyAuth…).',
  },
  {
    ...{ code: '401 insufficient_claims', journal: 'insufficient_claims', surface: access, status: 401 },
    message: 'Bearer error="insufficient_claims", claims="…"',
    cause: 'Continuous access evaluation: something happened to the person since the token was issued.',
    fix: 'Get a token with the claims of the challenge; MSAL does so by itself.',
  },
  {
    ...{ code: 'ActiveSync 451', journal: 'mailboxElsewhere', surface: 'ActiveSync', status: 451 },
    message: 'X-MS-Location: https://…/Microsoft-Server-ActiveSync',
    cause: 'The mailbox is in the other place.',
    fix: 'Go on at X-MS-Location, and keep it.',
  },
  {
    ...{ code: 'ActiveSync 503', journal: 'deviceThrottled', surface: 'ActiveSync', status: 503 },
    message: 'X-MS-ASThrottle names the threshold, Retry-After the seconds.',
    cause: 'The device asks too often.',
    fix: 'Wait; mend the loop of the client, or raise the threshold with Set-ActiveSyncDeviceAutoblockThreshold.',
  },
  {
    ...{ code: 'ActiveSync 403', journal: 'outlookMobileDisabled', surface: 'ActiveSync', status: 403 },
    message: 'An empty answer.',
    cause: 'Outlook mobile is off for the mailbox.',
    fix: 'Set-CASMailbox -OutlookMobileEnabled $true.',
  },
  {
    ...{ code: 'EWS 403', journal: 'webServicesBlocked', surface: 'Exchange Web Services', status: 403 },
    message: 'An empty answer.',
    cause: 'Exchange Web Services are off for the organization or the mailbox, or the application is not on the list.',
    fix: 'Set-OrganizationConfig and Set-CASMailbox -EwsEnabled $true; -EwsAllowList, -EwsAllowedAppIDs.',
  },
  {
    ...{ code: 'MAPI 403', journal: 'mapiDisabled', surface: access, status: 403 },
    message: 'An empty answer.',
    cause: 'MAPI over HTTP is off for the mailbox.',
    fix: 'Set-CASMailbox -MAPIEnabled $true.',
  },
]

/** Every error of Exchange's surfaces. */
export function exchangeErrors(): readonly ErrorEntry[] {
  return [...webErrors(), ...deviceErrors(), ...mailErrors(), ...single]
}

function webErrors(): readonly ErrorEntry[] {
  return [
    ...guideTo('Outlook on the web', { catalogue: web, advice: webAdvice }, (key, { status, message, ...facts }) => ({
      ...{ code: 'msg' in facts ? `OWA ${facts.msg}` : `OWA ${key}`, journal: key, status, message },
    })),
    ...guideTo('Exchange: tokens (x-ms-diagnostics)', { catalogue: bearer, advice: bearerAdvice }, (_key, facts) => ({
      ...{ code: `x-ms-diagnostics ${facts.code}`, journal: 'invalid_token', status: 401 },
      message: `${facts.category}: ${facts.text}`,
    })),
    ...guideTo('Exchange: Basic', { catalogue: basic, advice: basicAdvice }, (key, status) => ({
      ...{ code: `Basic ${key}`, journal: key, status, message: 'An empty answer: the reason is in the journal only.' },
    })),
    ...guideTo('Exchange Web Services', { catalogue: webServices, advice: webServicesAdvice }, (code, message) => ({
      ...{ code, status: 500, message },
    })),
    ...guideTo('Exchange Online PowerShell', { catalogue: cmdlets, advice: cmdletAdvice }, (key, facts) => ({
      ...{ code: facts.type.split('.').at(-1) ?? key, journal: key, status: facts.status, message: facts.type },
    })),
  ]
}

function deviceErrors(): readonly ErrorEntry[] {
  return [
    ...guideTo('ActiveSync', { catalogue: activeSync, advice: activeSyncAdvice }, (key, { status, http }) => ({
      ...{ code: `ActiveSync ${status}`, journal: key, status: http },
      message: `${key}: Status ${status} from version 14.0 on, HTTP ${http} before.`,
    })),
    ...guideTo('Outlook mobile’s provisioning', { catalogue: mobile, advice: mobileAdvice }, (key, status) => ({
      ...{ code: `Mobile ${key}`, journal: key, status, message: key },
    })),
    ...guideTo('AutoDiscover v2', { catalogue: autoDiscover, advice: autoDiscoverAdvice }, (code, status) => ({
      ...{ code: `AutoDiscover ${code}`, journal: code, status, message: code },
    })),
  ]
}

function mailErrors(): readonly ErrorEntry[] {
  return guideTo('SMTP', { catalogue: submission, advice: submissionAdvice }, (key, [status, text]) => ({
    ...{ code: `SMTP ${status} ${text.split(' ')[0]}`, journal: key, status, message: `${status} ${text}` },
  }))
}
