import { X509Certificate } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { UserAuthority } from '#certs/user-authority.ts'
import type { AccountStore } from '../accounts/accounts.ts'
import type { UserCertificateRow } from '../accounts/schema.ts'
import { DirectoryError } from '../errors.ts'
import type { CertificateStore } from './certificate-store.ts'

const newCertificateSchema = z.strictObject({
  userPrincipalName: z.string().min(1),
  /** Without the UPN inside, only altSecurityIdentities can find the account. */
  nameInside: z.boolean().default(true),
  validDays: z.int().min(1).max(3650).default(365),
})

const mappingSchema = z.strictObject({ altSecurityIdentities: z.array(z.string().startsWith('X509:')).max(20) })

export interface CertificateManagementParts {
  readonly accounts: AccountStore
  readonly certificates: CertificateStore
  readonly authority: () => Promise<UserAuthority>
  readonly now: () => Date
}

/** Active Directory Certificate Services as far as a test needs it: issue, list, revoke, map. */
export function addCertificateManagement(app: FastifyInstance, parts: CertificateManagementParts): void {
  const { accounts, certificates } = parts
  app.get('/certificates', async () => ({
    authority: (await parts.authority()).certificatePem,
    certificates: (await certificates.list()).map(certificateView),
  }))
  app.post('/certificates', async (request, reply) =>
    reply.code(201).send(await issueCertificate(newCertificateSchema.parse(request.body), parts)),
  )
  app.post<{ Params: { serial: string } }>('/certificates/:serial/revoke', async ({ params }) => {
    if (await certificates.revoke(params.serial.toUpperCase(), parts.now())) return {}
    throw new DirectoryError('unknownCertificate', `no certificate ${params.serial}`)
  })
  app.put<{ Params: { upn: string } }>('/users/:upn/certificate-mappings', async (request) => {
    const { altSecurityIdentities } = mappingSchema.parse(request.body)
    await certificates.map(await guidOf(accounts, request.params.upn), altSecurityIdentities)
    return { altSecurityIdentities }
  })
}

async function issueCertificate(
  { userPrincipalName, nameInside, validDays }: z.output<typeof newCertificateSchema>,
  { accounts, certificates, authority, now }: CertificateManagementParts,
) {
  await guidOf(accounts, userPrincipalName)
  const notBefore = new Date(Math.floor(now().getTime() / 1000) * 1000 - 60_000)
  const { issue, certificatePem: authorityPem } = await authority()
  const pair = await issue({
    commonName: userPrincipalName,
    ...(nameInside && { userPrincipalName }),
    notBefore,
    notAfter: new Date(notBefore.getTime() + validDays * 86_400_000),
  })
  const certificate = new X509Certificate(pair.certificatePem)
  const row = {
    serial_number: certificate.serialNumber,
    user_principal_name: userPrincipalName.toLowerCase(),
    subject: certificate.subject.replaceAll('\n', ', '),
    valid_from: certificate.validFromDate.toISOString(),
    valid_to: certificate.validToDate.toISOString(),
    issued_at: now().toISOString(),
    revoked_at: null,
  }
  await certificates.add(row)
  return { ...certificateView(row), ...pair, authority: authorityPem }
}

function certificateView(row: UserCertificateRow) {
  return {
    serialNumber: row.serial_number,
    userPrincipalName: row.user_principal_name,
    subject: row.subject,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    revokedAt: row.revoked_at,
  }
}

async function guidOf(accounts: AccountStore, upn: string): Promise<string> {
  const found = await accounts.find('user_principal_name', upn)
  if (!found) throw new DirectoryError('unknownUser', `no account ${upn}`)
  return found.account.object_guid
}
