import { z } from 'zod'
import { type ApiRoute, apiRoute } from '../api/route.ts'
import { directoryPath as path } from '../directory/active-directory.ts'
import { ask, type Manage } from '../peers/ask.ts'
import { administrationRoutes } from './administration-routes.ts'
import { applicationGroupRoutes } from './application-group-routes.ts'
import { activitySchema, certificatesSchema, propertiesSchema, propertyChangeSchema } from './schemas.ts'

const deployment = 'adfs'
const upnParameter = z.strictObject({ upn: z.string().min(1).describe('The user principal name.') })
const kindParameter = z.strictObject({
  kind: z.enum(['signing', 'decrypting']).describe('Token-signing or token-decrypting.'),
})
const done = z.object({})
const familiarSchema = z.strictObject({
  familiarAddresses: z.array(z.string()).max(20).describe('Single addresses, in the place of all before.'),
})

/** What administrators of AD FS do in PowerShell: farm properties, extranet lockout, token certificates. */
export function adfsRoutes(manage: Manage): readonly ApiRoute[] {
  return [
    ...propertyRoutes(manage),
    ...activityRoutes(manage),
    ...certificateRoutes(manage),
    ...administrationRoutes(manage),
    ...applicationGroupRoutes(manage),
  ]
}

function propertyRoutes(manage: Manage) {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/adfs/properties',
      name: 'readFarmProperties',
      summary: 'The properties of the AD FS farm (Get-AdfsProperties)',
      answer: propertiesSchema,
      refusals: ['deploymentUnreachable'],
      handle: () => ask(manage, { deployment, path: '/properties' }, propertiesSchema),
    }),
    apiRoute({
      method: 'PATCH',
      path: '/api/adfs/properties',
      name: 'changeFarmProperties',
      summary: 'Change properties of the AD FS farm (Set-AdfsProperties)',
      description: 'What is left out stays. They last until the reset.',
      body: propertyChangeSchema,
      answer: propertiesSchema,
      refusals: ['invalidRequest', 'deploymentUnreachable'],
      handle: ({ body }) =>
        ask(manage, { deployment, path: '/properties', method: 'PATCH', json: body }, propertiesSchema),
    }),
  ]
}

function activityRoutes(manage: Manage) {
  const list = z.object({ accounts: z.array(activitySchema) })
  return [
    apiRoute({
      method: 'GET',
      path: '/api/adfs/account-activity',
      name: 'listAccountActivity',
      summary: 'Failed sign-ins and familiar addresses of every account (Get-ADFSAccountActivity)',
      answer: list,
      refusals: ['deploymentUnreachable'],
      handle: () => ask(manage, { deployment, path: '/account-activity' }, list),
    }),
    apiRoute({
      method: 'PATCH',
      path: '/api/adfs/account-activity/{upn}',
      name: 'setFamiliarAddresses',
      summary: 'Say which addresses are familiar of an account (Set-ADFSAccountActivity)',
      parameters: upnParameter,
      body: familiarSchema,
      answer: done,
      refusals: ['invalidRequest', 'notFound', 'deploymentUnreachable'],
      handle: ({ parameters: { upn }, body }) =>
        ask(manage, { deployment, path: path`/account-activity/${upn}`, method: 'PATCH', json: body }, done),
    }),
    apiRoute({
      method: 'POST',
      path: '/api/adfs/account-activity/{upn}/reset',
      name: 'resetAccountLockout',
      summary: 'End the extranet lockout of an account (Reset-ADFSAccountLockout)',
      parameters: upnParameter,
      body: z
        .strictObject({
          location: z.enum(['familiar', 'unknown']).optional().describe('Where; both when left out.'),
        })
        .prefault({}),
      answer: done,
      refusals: ['notFound', 'deploymentUnreachable'],
      handle: ({ parameters: { upn }, body }) =>
        ask(manage, { deployment, path: path`/account-activity/${upn}/reset`, method: 'POST', json: body }, done),
    }),
  ]
}

function certificateRoutes(manage: Manage) {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/adfs/certificates',
      name: 'listTokenCertificates',
      summary: 'The token certificates, the primary one first (Get-AdfsCertificate)',
      answer: certificatesSchema,
      refusals: ['deploymentUnreachable'],
      handle: () => ask(manage, { deployment, path: '/certificates' }, certificatesSchema),
    }),
    apiRoute({
      method: 'POST',
      path: '/api/adfs/certificates/{kind}/rollover',
      name: 'rollOverTokenCertificate',
      summary: 'Make a new token certificate (Update-AdfsCertificate)',
      description: 'It is secondary until its promotion; urgent makes it the only one at once.',
      parameters: kindParameter,
      body: z
        .strictObject({ urgent: z.boolean().default(false).describe('Used at once, the others thrown away.') })
        .prefault({}),
      answer: certificatesSchema,
      refusals: ['deploymentUnreachable'],
      handle: ({ parameters: { kind }, body }) =>
        ask(
          manage,
          { deployment, path: `/certificates/${kind}/rollover`, method: 'POST', json: body },
          certificatesSchema,
        ),
    }),
    apiRoute({
      method: 'POST',
      path: '/api/adfs/certificates/{kind}/promote',
      name: 'promoteTokenCertificate',
      summary: 'Make the secondary token certificate the primary one (Set-AdfsCertificate -IsPrimary)',
      parameters: kindParameter,
      answer: certificatesSchema,
      refusals: ['conflict', 'deploymentUnreachable'],
      handle: ({ parameters: { kind } }) =>
        ask(manage, { deployment, path: `/certificates/${kind}/promote`, method: 'POST' }, certificatesSchema),
    }),
  ]
}
