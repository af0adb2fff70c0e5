const identity2005 = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'
const identity2008 = 'http://schemas.microsoft.com/ws/2008/06/identity/claims'
const requestContext = 'http://schemas.microsoft.com/2012/01/requestcontext/claims'

const deviceContext = 'http://schemas.microsoft.com/2012/01/devicecontext/claims'

export const claimTypes = {
  name: `${identity2005}/name`,
  upn: `${identity2005}/upn`,
  emailAddress: `${identity2005}/emailaddress`,
  nameIdentifier: `${identity2005}/nameidentifier`,
  windowsAccountName: `${identity2008}/windowsaccountname`,
  primarySid: `${identity2008}/primarysid`,
  primaryGroupSid: `${identity2008}/primarygroupsid`,
  groupSid: `${identity2008}/groupsid`,
  authenticationMethod: `${identity2008}/authenticationmethod`,
  authenticationInstant: `${identity2008}/authenticationinstant`,
  authenticationMethodsReferences: 'http://schemas.microsoft.com/claims/authnmethodsreferences',
  authenticationMethodsProviders: 'http://schemas.microsoft.com/claims/authnmethodsproviders',
  multifactorInstant: 'http://schemas.microsoft.com/ws/2017/04/identity/claims/multifactorauthenticationinstant',
  persistentSso: 'http://schemas.microsoft.com/2014/03/psso',
  insideCorporateNetwork: 'http://schemas.microsoft.com/ws/2012/01/insidecorporatenetwork',
  passwordExpirationTime: 'http://schemas.microsoft.com/ws/2012/01/passwordexpirationtime',
  permit: 'http://schemas.microsoft.com/authorization/claims/permit',
  deny: 'http://schemas.microsoft.com/authorization/claims/deny',
  proxy: `${requestContext}/x-ms-proxy`,
  forwardedClientIp: `${requestContext}/x-ms-forwarded-client-ip`,
  clientIp: `${requestContext}/x-ms-client-ip`,
  endpointPath: `${requestContext}/x-ms-endpoint-absolute-path`,
  clientApplication: `${requestContext}/x-ms-client-application`,
  clientUserAgent: `${requestContext}/x-ms-client-user-agent`,
  clientRequestId: `${requestContext}/client-request-id`,
  relyingPartyTrustId: `${requestContext}/relyingpartytrustid`,
  isRegisteredUser: `${deviceContext}/isregistereduser`,
  deviceIdentifier: `${deviceContext}/identifier`,
  deviceRegistrationId: `${deviceContext}/registrationid`,
  deviceDisplayName: `${deviceContext}/displayname`,
  deviceOsType: `${deviceContext}/ostype`,
  deviceOsVersion: `${deviceContext}/osversion`,
  deviceIsManaged: `${deviceContext}/ismanaged`,
  deviceTrustType: `${deviceContext}/trusttype`,
  deviceIsKnown: 'http://schemas.microsoft.com/2014/02/devicecontext/claims/isknown',
  deviceIsCompliant: 'http://schemas.microsoft.com/2014/09/devicecontext/claims/iscompliant',
} as const

export const nameIdentifierFormat = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claimproperties/format'

/** Properties of a nameidentifier claim that become attributes of a SAML 2.0 NameID. */
export const nameIdentifierQualifiers = {
  name: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claimproperties/namequalifier',
  serviceProvider: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claimproperties/spnamequalifier',
} as const
