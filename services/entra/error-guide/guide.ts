import { type Advice, type ErrorEntry, guideTo } from '#shared/error-guide.ts'
import { catalogue as portal } from '../admin/portal-error.ts'
import { catalogue as registration } from '../devices/registration/registration-refusal.ts'
import { domainErrorFacts } from '../domains/domain-error.ts'
import { catalogue as signIn } from '../error-catalogue.ts'
import { catalogue as policies } from '../graph/conditional-access/policy-error.ts'
import { catalogue as graph } from '../graph/graph-error.ts'
import { catalogue as queries } from '../graph/odata/graph-query-error.ts'
import { catalogue as provisioning } from '../provisioning/provisioning-error.ts'
import { graphAdvice, policyAdvice, queryAdvice } from './graph-advice.ts'
import { signInAdvice } from './sign-in-advice.ts'

const registrationAdvice: Advice<keyof typeof registration> = {
  requestMalformed: ['The request lacks something, or has a value that cannot be.', 'The text names it.'],
  certificateRequestInvalid: [
    'The PKCS #10 request is broken, unsigned, or has a weak key.',
    'Use RSA from 2048 bits.',
  ],
  tenantUnknown: ['No tenant has this domain.', 'Correct it.'],
  tokenInvalid: ['The token is not for the registration service.', 'Ask for urn:ms-drs:enterpriseregistration.'],
  multifactorRequired: ['The tenant demands a second factor to join devices.', 'Sign in with one, then ask again.'],
  notAllowed: ['The device settings do not let this person register.', 'Change them in the scenario.'],
  quotaReached: ['The person has as many devices as allowed.', 'Delete one.'],
  deviceMissing: ['No device has this id.', 'Register it.'],
  notYourDevice: ['The device belongs to somebody else.', 'Sign in as its owner.'],
}

const domainAdvice: Advice<keyof typeof domainErrorFacts> = {
  unknownDomain: ['The tenant has no such domain.', 'GET /domains lists them.'],
  unknownFederation: ['The domain has no such federation.', 'Read federationConfiguration again.'],
  alreadyFederated: ['The domain is federated already.', 'Change its configuration, or delete it first.'],
  issuerTaken: ['Another domain has this issuer URI.', 'Issuers are unique in a tenant.'],
  initialDomain: ['The onmicrosoft.com domain cannot be federated.', 'Federate a domain of your own.'],
  malformed: ['The configuration lacks something, or has a value that cannot be.', 'The text names it.'],
}

const portalAdvice: Advice<keyof typeof portal> = {
  foreignForm: ['The form has no token of this session.', 'Load the page again.'],
  noAccess: ['The person has no role that reads policies.', 'Give a role in the scenario.'],
  readOnly: ['The role only reads.', 'Sign in as Conditional Access Administrator.'],
  signInFailed: ['The sign-in of the admin center broke off.', 'See the conversation in the journal.'],
  notFound: ['There is no such policy.', 'It may have been deleted or reset.'],
}

const provisioningAdvice: Advice<keyof typeof provisioning> = {
  malformed: ['Entra Connect sent something unreadable.', 'The reason names every field.'],
  unknownTenant: ['Entra Connect is configured for another tenant.', 'Compare the tenant id of the scenario.'],
  foreignAgent: ['The agent is registered elsewhere.', 'Restart `directory` after the certificates were made anew.'],
  attributeConflict: ['Two objects claim the same user principal name or anchor.', 'Change one in Active Directory.'],
  noSuchRequest: ['The agent answered too late.', 'Entra ID waits ten seconds.'],
}

const graphQuery = { Request_BadRequest: 400, BadRequest: 400, Request_UnsupportedQuery: 400 } as const

/** Every error of Entra ID's surfaces. */
export function entraErrors(): readonly ErrorEntry[] {
  return [
    ...guideTo('Entra ID: sign-in and tokens', { catalogue: signIn, advice: signInAdvice }, (_key, facts) => ({
      code: `AADSTS${facts.aadsts}`,
      status: 'status' in facts ? facts.status : 400,
      message: `${facts.error}: ${facts.message}`,
    })),
    ...guideTo('Microsoft Graph', { catalogue: graph, advice: graphAdvice }, (_key, { code, status, message }) => ({
      ...{ code: `Graph ${code}`, journal: code, status, message },
    })),
    ...guideTo('Microsoft Graph: queries', { catalogue: queries, advice: queryAdvice }, (_key, { code, message }) => ({
      ...{ code: `Graph ${code}`, journal: code, status: graphQuery[code], message },
    })),
    ...guideTo(
      'Microsoft Graph: Conditional Access',
      { catalogue: policies, advice: policyAdvice },
      (_key, message) => ({
        ...{ code: `Conditional Access ${message.slice(0, 4)}`, journal: 'BadRequest', status: 400, message },
      }),
    ),
    ...guideTo(
      'Device registration',
      { catalogue: registration, advice: registrationAdvice },
      (_key, { subcode, status, message }) => ({ code: `DRS ${subcode}`, status, message }),
    ),
    ...guideTo('Microsoft Graph: domains', { catalogue: domainErrorFacts, advice: domainAdvice }, (key, facts) => ({
      ...{ code: `Graph ${facts.code}`, journal: facts.code, status: facts.status, message: key },
    })),
    ...guideTo('Entra admin center', { catalogue: portal, advice: portalAdvice }, (key, { status, message }) => ({
      ...{ code: `Admin center ${key}`, journal: key, status, message },
    })),
    ...guideTo('Provisioning', { catalogue: provisioning, advice: provisioningAdvice }, (key, { status, message }) => ({
      code: `Provisioning ${key}`,
      journal: key,
      status,
      message,
    })),
  ]
}
