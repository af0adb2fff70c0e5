import { z } from 'zod'
import { type ApiRoute, apiRoute } from '../api/route.ts'
import { directoryPath as path } from '../directory/active-directory.ts'
import { ask, type Manage } from '../peers/ask.ts'
import { pkcs12 } from './pkcs12.ts'

const deployment = 'directory'
const done = z.object({})

const certificateSchema = z.looseObject({
  serialNumber: z.string(),
  userPrincipalName: z.string(),
  subject: z.string(),
  validFrom: z.string(),
  validTo: z.string(),
  revokedAt: z.string().nullable(),
})

const issuedSchema = certificateSchema.extend({ keyPem: z.string(), certificatePem: z.string(), authority: z.string() })

const newCertificateSchema = z.strictObject({
  userPrincipalName: z.string().min(3).describe('Of an account of Active Directory.'),
  nameInside: z
    .boolean()
    .optional()
    .describe('Whether the certificate carries the UPN; without it, altSecurityIdentities has to map it.'),
  validDays: z.int().min(1).max(3650).optional(),
  password: z.string().default('').describe('Of the PKCS #12 file.'),
})

/** Certificates for people, as the company's certification authority issues and revokes them. */
export function certificateRoutes(manage: Manage): readonly ApiRoute[] {
  return [listRoute(manage), issueRoute(manage), revokeRoute(manage), mappingRoute(manage)]
}

function listRoute(manage: Manage): ApiRoute {
  const answer = z.object({
    authority: z.string().describe('The certificate of the authority, PEM.'),
    certificates: z.array(certificateSchema),
  })
  return apiRoute({
    method: 'GET',
    path: '/api/certificates',
    name: 'listCertificates',
    summary: 'The certificates that people were given, newest first',
    answer,
    refusals: ['deploymentUnreachable'],
    handle: () => ask(manage, { deployment, path: '/certificates' }, answer),
  })
}

function issueRoute(manage: Manage): ApiRoute {
  return apiRoute({
    method: 'POST',
    path: '/api/certificates',
    name: 'issueCertificate',
    summary: 'Issue a certificate to a person',
    description: 'Answers the key once: as PEM, and with the certificate as a PKCS #12 file that browsers import.',
    body: newCertificateSchema,
    status: 201,
    answer: issuedSchema.extend({ pkcs12: z.string().describe('Base64.') }),
    refusals: ['notFound', 'invalidRequest', 'deploymentUnreachable'],
    handle: async ({ body: { password, ...json } }) => {
      const issued = await ask(manage, { deployment, path: '/certificates', method: 'POST', json }, issuedSchema)
      const bundle = { ...issued, authorityPem: issued.authority, friendlyName: issued.userPrincipalName, password }
      return { ...issued, pkcs12: await pkcs12(bundle) }
    },
  })
}

function revokeRoute(manage: Manage): ApiRoute {
  return apiRoute({
    method: 'POST',
    path: '/api/certificates/{serialNumber}/revoke',
    name: 'revokeCertificate',
    summary: 'Revoke a certificate',
    parameters: z.strictObject({ serialNumber: z.string().min(1) }),
    answer: done,
    refusals: ['notFound', 'deploymentUnreachable'],
    handle: ({ parameters: { serialNumber } }) =>
      ask(manage, { deployment, path: path`/certificates/${serialNumber}/revoke`, method: 'POST' }, done),
  })
}

function mappingRoute(manage: Manage): ApiRoute {
  const mapping = z.strictObject({
    altSecurityIdentities: z
      .array(z.string().startsWith('X509:'))
      .describe('Such as `X509:<SKI>…`, `X509:<I>…<SR>…`, `X509:<SHA1-PUKEY>…`, `X509:<RFC822>…`.'),
  })
  return apiRoute({
    method: 'PUT',
    path: '/api/directory/users/{upn}/certificate-mappings',
    name: 'mapCertificates',
    summary: 'Replace the certificates that are mapped to an account by hand',
    parameters: z.strictObject({ upn: z.string().min(1).describe('The user principal name.') }),
    body: mapping,
    answer: mapping,
    refusals: ['notFound', 'deploymentUnreachable'],
    handle: ({ parameters: { upn }, body }) =>
      ask(manage, { deployment, path: path`/users/${upn}/certificate-mappings`, method: 'PUT', json: body }, mapping),
  })
}
