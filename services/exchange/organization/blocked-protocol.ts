/** The protocols that an authentication policy knows, as its parameters are named. */
export type PolicyProtocol =
  | 'ActiveSync'
  | 'Autodiscover'
  | 'Imap'
  | 'Mapi'
  | 'OfflineAddressBook'
  | 'OutlookService'
  | 'Pop'
  | 'Powershell'
  | 'ReportingWebServices'
  | 'Rpc'
  | 'Smtp'
  | 'WebServices'

export const onlineProtocols: readonly PolicyProtocol[] = [
  'ActiveSync',
  'Autodiscover',
  'Imap',
  'Mapi',
  'OfflineAddressBook',
  'OutlookService',
  'Pop',
  'Powershell',
  'ReportingWebServices',
  'Rpc',
  'Smtp',
  'WebServices',
]

export const onPremisesProtocols: readonly PolicyProtocol[] = [
  'ActiveSync',
  'Autodiscover',
  'Imap',
  'Mapi',
  'OfflineAddressBook',
  'Pop',
  'Rpc',
  'WebServices',
]

/** Names of the settings that assign policies. */
export const assignedPolicy = 'AuthenticationPolicy'
export const defaultPolicy = 'DefaultAuthenticationPolicy'
