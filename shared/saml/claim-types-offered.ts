export interface ClaimDescription {
  readonly uri: string
  readonly displayName: string
}

const identity = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/'
const xmlsoap = 'http://schemas.xmlsoap.org/claims/'
const microsoft = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/'
const device = 'http://schemas.microsoft.com/2012/01/devicecontext/claims/'
const request = 'http://schemas.microsoft.com/2012/01/requestcontext/claims/'
const certificateField = 'http://schemas.microsoft.com/2012/12/certificatecontext/field/'
const certificateExtension = 'http://schemas.microsoft.com/2012/12/certificatecontext/extension/'
const network = 'http://schemas.microsoft.com/ws/2012/01/'

// Order and names as in the federation metadata of AD FS 2016.
const rows: readonly (readonly [prefix: string, name: string, displayName: string])[] = [
  [identity, 'emailaddress', 'E-Mail Address'],
  [identity, 'givenname', 'Given Name'],
  [identity, 'name', 'Name'],
  [identity, 'upn', 'UPN'],
  [xmlsoap, 'CommonName', 'Common Name'],
  [xmlsoap, 'EmailAddress', 'AD FS 1.x E-Mail Address'],
  [xmlsoap, 'Group', 'Group'],
  [xmlsoap, 'UPN', 'AD FS 1.x UPN'],
  [microsoft, 'role', 'Role'],
  [identity, 'surname', 'Surname'],
  [identity, 'privatepersonalidentifier', 'PPID'],
  [identity, 'nameidentifier', 'Name ID'],
  [microsoft, 'authenticationinstant', 'Authentication time stamp'],
  [microsoft, 'authenticationmethod', 'Authentication method'],
  [identity, 'denyonlysid', 'Deny only group SID'],
  [microsoft, 'denyonlyprimarysid', 'Deny only primary SID'],
  [microsoft, 'denyonlyprimarygroupsid', 'Deny only primary group SID'],
  [microsoft, 'groupsid', 'Group SID'],
  [microsoft, 'primarygroupsid', 'Primary group SID'],
  [microsoft, 'primarysid', 'Primary SID'],
  [microsoft, 'windowsaccountname', 'Windows account name'],
  [device, 'isregistereduser', 'Is Registered User'],
  [device, 'identifier', 'Device Identifier'],
  [device, 'registrationid', 'Device Registration Identifier'],
  [device, 'displayname', 'Device Registration DisplayName'],
  [device, 'ostype', 'Device OS type'],
  [device, 'osversion', 'Device OS Version'],
  [device, 'ismanaged', 'Is Managed Device'],
  [request, 'x-ms-forwarded-client-ip', 'Forwarded Client IP'],
  [request, 'x-ms-client-application', 'Client Application'],
  [request, 'x-ms-client-user-agent', 'Client User Agent'],
  [request, 'x-ms-client-ip', 'Client IP'],
  [request, 'x-ms-endpoint-absolute-path', 'Endpoint Path'],
  [request, 'x-ms-proxy', 'Proxy'],
  [request, 'relyingpartytrustid', 'Application Identifier'],
  [certificateExtension, 'applicationpolicy', 'Application policies'],
  [certificateExtension, 'authoritykeyidentifier', 'Authority Key Identifier'],
  [certificateExtension, 'basicconstraints', 'Basic Constraint'],
  [certificateExtension, 'eku', 'Enhanced Key Usage'],
  [certificateField, 'issuer', 'Issuer'],
  [certificateField, 'issuername', 'Issuer Name'],
  [certificateExtension, 'keyusage', 'Key Usage'],
  [certificateField, 'notafter', 'Not After'],
  [certificateField, 'notbefore', 'Not Before'],
  [certificateExtension, 'certificatepolicies', 'Certificate Policies'],
  [identity, 'rsa', 'Public Key'],
  [certificateField, 'rawdata', 'Certificate Raw Data'],
  [certificateExtension, 'san', 'Subject Alternative Name'],
  [microsoft, 'serialnumber', 'Serial Number'],
  [certificateField, 'signaturealgorithm', 'Signature Algorithm'],
  [certificateField, 'subject', 'Subject'],
  [certificateExtension, 'subjectkeyidentifier', 'Subject Key Identifier'],
  [certificateField, 'subjectname', 'Subject Name'],
  [certificateExtension, 'certificatetemplateinformation', 'V2 Template Name'],
  [certificateExtension, 'certificatetemplatename', 'V1 Template Name'],
  [identity, 'thumbprint', 'Thumbprint'],
  [certificateField, 'x509version', 'X.509 Version'],
  [network, 'insidecorporatenetwork', 'Inside Corporate Network'],
  [network, 'passwordexpirationtime', 'Password Expiration Time'],
  [network, 'passwordexpirationdays', 'Password Expiration Days'],
  [network, 'passwordchangeurl', 'Update Password URL'],
  ['http://schemas.microsoft.com/claims/', 'authnmethodsreferences', 'Authentication Methods References'],
  [request, 'client-request-id', 'Client Request ID'],
]

export const claimTypesOffered: readonly ClaimDescription[] = rows.map(([prefix, name, displayName]) => ({
  uri: prefix + name,
  displayName,
}))
