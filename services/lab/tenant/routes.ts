import { z } from 'zod'
import { type ApiRoute, apiRoute } from '../api/route.ts'
import type { Manage } from '../peers/ask.ts'
import {
  accessPassSchema,
  createdAccessPassSchema,
  deviceChangeSchema,
  deviceSchema,
  domainChangeSchema,
  domainSchema,
  keysSchema,
  licenceSchema,
  newAccessPassSchema,
  newOutcomeSchema,
  outcomesSchema,
  riskChangeSchema,
  riskSchema,
  rollOverSchema,
  tenantUserSchema,
  whereaboutsSchema,
} from './schemas.ts'
import { addOutcome, tenantPath } from './tenant.ts'
import { noteChange, type TenantRow, tenantRow, upnParameters } from './tenant-row.ts'

const loose = z.looseObject({})
const deviceParameters = z.strictObject({ deviceId: z.string().min(1) })
const appParameters = upnParameters.extend({ appId: z.guid() })

const people: readonly TenantRow[] = [
  {
    method: 'GET',
    path: '/api/tenant/users',
    name: 'listTenantUsers',
    summary: 'The accounts of Entra ID',
    answer: z.object({ users: z.array(tenantUserSchema) }),
    at: () => '/users',
  },
  {
    method: 'GET',
    path: '/api/risk/{upn}',
    name: 'readRisk',
    summary: 'How risky a person and the person’s sign-ins are',
    parameters: upnParameters,
    answer: riskSchema,
  },
  {
    method: 'PUT',
    path: '/api/risk/{upn}',
    name: 'setRisk',
    summary: 'Say how risky a person and the person’s sign-ins are',
    description: 'What is left out is none.',
    parameters: upnParameters,
    body: riskChangeSchema,
    answer: riskSchema,
  },
  {
    method: 'GET',
    path: '/api/whereabouts/{upn}',
    name: 'readWhereabouts',
    summary: 'Where a person was put',
    parameters: upnParameters,
    answer: whereaboutsSchema,
  },
  {
    method: 'PUT',
    path: '/api/licences/{upn}',
    name: 'setLicence',
    summary: 'Give a person the licence for mail and multifactor authentication, or take it away',
    parameters: upnParameters,
    body: licenceSchema,
    answer: z.object({ userPrincipalName: z.string(), licensed: z.boolean() }),
  },
  {
    method: 'GET',
    path: '/api/access-passes/{upn}',
    name: 'readAccessPass',
    summary: 'The Temporary Access Pass of a person, without the pass itself',
    parameters: upnParameters,
    answer: accessPassSchema,
    at: ({ upn = '' }) => tenantPath`/mfa/${upn}/access-pass`,
  },
  {
    method: 'POST',
    path: '/api/access-passes/{upn}',
    name: 'createAccessPass',
    summary: 'Give a person a Temporary Access Pass, in the place of the one before',
    parameters: upnParameters,
    body: newAccessPassSchema,
    status: 201,
    answer: createdAccessPassSchema,
    at: ({ upn = '' }) => tenantPath`/mfa/${upn}/access-pass`,
  },
  {
    method: 'DELETE',
    path: '/api/access-passes/{upn}',
    name: 'removeAccessPass',
    summary: 'Take the Temporary Access Pass away',
    parameters: upnParameters,
    at: ({ upn = '' }) => tenantPath`/mfa/${upn}/access-pass`,
  },
  {
    method: 'DELETE',
    path: '/api/mfa/{upn}/methods/{id}',
    name: 'removeMethod',
    summary: 'Remove a registered method',
    parameters: upnParameters.extend({ id: z.string().min(1) }),
  },
  {
    method: 'POST',
    path: '/api/users/{upn}/revoke-sessions',
    name: 'revokeSessions',
    summary: 'End all sign-ins of a person',
    parameters: upnParameters,
  },
  {
    method: 'POST',
    path: '/api/users/{upn}/critical-events',
    name: 'recordCriticalEvent',
    summary: 'Make an event of continuous access evaluation',
    parameters: upnParameters,
    body: z.strictObject({
      kind: z.string().min(1).describe('Such as `passwordChanged`, `riskDetected`, `networkMoved`.'),
    }),
    answer: loose,
  },
  {
    method: 'GET',
    path: '/api/critical-events',
    name: 'listCriticalEvents',
    summary: 'The latest events of continuous access evaluation',
    answer: loose,
  },
  {
    method: 'POST',
    path: '/api/sessions/{sid}/revoke',
    name: 'revokeSession',
    summary: 'End one sign-in by the sid of its tokens',
    parameters: z.strictObject({ sid: z.string().min(1) }),
  },
]

const devices: readonly TenantRow[] = [
  {
    method: 'GET',
    path: '/api/devices',
    name: 'listDevices',
    summary: 'The devices of the tenant',
    answer: z.object({ devices: z.array(deviceSchema) }),
  },
  {
    method: 'PATCH',
    path: '/api/devices/{deviceId}',
    name: 'changeDevice',
    summary: 'Say what device management says: compliance, management, properties for filters',
    parameters: deviceParameters,
    body: deviceChangeSchema,
    answer: deviceSchema,
  },
  {
    method: 'DELETE',
    path: '/api/devices/{deviceId}',
    name: 'deleteDevice',
    summary: 'Delete a device',
    parameters: deviceParameters,
  },
  {
    method: 'GET',
    path: '/api/device-registration-policy',
    name: 'readDeviceRegistrationPolicy',
    summary: 'Who may register and join devices',
    answer: loose,
  },
  {
    method: 'PATCH',
    path: '/api/device-registration-policy',
    name: 'changeDeviceRegistrationPolicy',
    summary: 'Change who may register and join devices',
    body: loose,
    answer: loose,
  },
  {
    method: 'GET',
    path: '/api/app-protection',
    name: 'listAppProtection',
    summary: 'Apps that are enrolled for app protection, with their state',
    answer: z.object({ apps: z.array(loose) }),
  },
  {
    method: 'PUT',
    path: '/api/app-protection/{upn}/{appId}',
    name: 'setAppProtection',
    summary: 'Enrol an app of a person for app protection, or change its state',
    parameters: appParameters,
    body: z.strictObject({ state: z.enum(['compliant', 'notCompliant']) }),
    answer: loose,
  },
  {
    method: 'DELETE',
    path: '/api/app-protection/{upn}/{appId}',
    name: 'removeAppProtection',
    summary: 'Take an app out of app protection',
    parameters: appParameters,
  },
]

const tenant: readonly TenantRow[] = [
  {
    method: 'GET',
    path: '/api/domains',
    name: 'listDomains',
    summary: 'The domains of the tenant and where their passwords are checked',
    answer: z.object({ domains: z.array(domainSchema) }),
  },
  {
    method: 'PATCH',
    path: '/api/domains/{name}',
    name: 'convertDomain',
    summary: 'Convert a domain between federated, password hash synchronization and pass-through',
    parameters: z.strictObject({ name: z.string().min(1) }),
    body: domainChangeSchema,
    answer: domainSchema,
  },
  {
    method: 'GET',
    path: '/api/outcomes',
    name: 'listOutcomes',
    summary: 'What the next sign-ins and token requests are forced to',
    answer: outcomesSchema,
  },
  {
    method: 'PUT',
    path: '/api/outcomes',
    name: 'replaceOutcomes',
    summary: 'Force the next sign-ins and token requests, in the place of what was forced before',
    body: z.strictObject({ outcomes: z.array(newOutcomeSchema).max(100) }),
    answer: outcomesSchema,
  },
  {
    method: 'DELETE',
    path: '/api/outcomes',
    name: 'clearOutcomes',
    summary: 'Force nothing any more',
    answer: outcomesSchema,
  },
  {
    method: 'GET',
    path: '/api/keys',
    name: 'listSigningKeys',
    summary: 'The keys that sign tokens',
    answer: keysSchema,
  },
  {
    method: 'POST',
    path: '/api/keys/rollover',
    name: 'rollOverSigningKey',
    summary: 'Roll the signing key over; the one before stays published',
    body: rollOverSchema,
    answer: keysSchema,
  },
  {
    method: 'GET',
    path: '/api/countries',
    name: 'listCountries',
    summary: 'Where addresses lie',
    answer: z.record(z.string(), z.string()),
  },
  {
    method: 'PUT',
    path: '/api/countries',
    name: 'replaceCountries',
    summary: 'Say where addresses lie',
    body: z.record(z.string(), z.string()).describe('Countries by address or range.'),
    answer: z.record(z.string(), z.string()),
  },
  {
    method: 'GET',
    path: '/api/agreements',
    name: 'listAgreements',
    summary: 'Terms of use and who accepted them',
    answer: loose,
  },
  {
    method: 'DELETE',
    path: '/api/agreements/acceptances/{upn}',
    name: 'forgetAcceptances',
    summary: 'Ask a person for terms of use again',
    parameters: upnParameters,
    answer: loose,
  },
]

/** What administrators, device management and fate do to Entra ID. */
export function tenantRoutes(manage: Manage): readonly ApiRoute[] {
  return [...[...people, ...devices, ...tenant].map((row) => tenantRow(manage, row)), addOutcomeRoute(manage)]
}

function addOutcomeRoute(manage: Manage): ApiRoute {
  return apiRoute({
    method: 'POST',
    path: '/api/outcomes',
    name: 'addOutcome',
    summary: 'Force the next sign-ins or token requests of a person or an application, after what is forced already',
    body: newOutcomeSchema,
    answer: outcomesSchema,
    refusals: ['deploymentUnreachable'],
    handle: async ({ body, request }) => {
      const told = await addOutcome(manage, body)
      noteChange(request, 'addOutcome', { where: body.where, ...(body.user !== undefined && { upn: body.user }) })
      return told
    },
  })
}
