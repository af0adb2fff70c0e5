import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { ManagementRefusal } from '../farm/management-refusal.ts'
import type { CertificateKind, TokenCertificates } from './token-certificates.ts'

const kindSchema = z.object({ kind: z.enum(['signing', 'decrypting']) })
const rollOverSchema = z.strictObject({ urgent: z.boolean().default(false) }).prefault({})

/** Rows of the management port: Get-AdfsCertificate, Update-AdfsCertificate, Set-AdfsCertificate -IsPrimary. */
export function addCertificateRoutes(app: FastifyInstance, certificates: TokenCertificates): void {
  app.get('/certificates', async () => view(certificates))
  app.post('/certificates/:kind/rollover', async (request) => {
    const { urgent } = rollOverSchema.parse(request.body ?? undefined)
    await certificates.rollOver(kindOf(request.params), { urgent })
    return view(certificates)
  })
  app.post('/certificates/:kind/promote', async (request) => {
    const kind = kindOf(request.params)
    if (certificates.published(kind).length < 2)
      throw new ManagementRefusal(409, `there is no secondary ${kind} certificate`)
    await certificates.promote(kind)
    return view(certificates)
  })
}

function kindOf(parameters: unknown): CertificateKind {
  return kindSchema.parse(parameters).kind
}

function view(certificates: TokenCertificates) {
  const of = (kind: CertificateKind) =>
    certificates.published(kind).map(({ key, createdAt, expiresAt }, index) => ({
      isPrimary: index === 0,
      thumbprint: key.thumbprint,
      notBefore: new Date(createdAt).toISOString(),
      notAfter: new Date(expiresAt).toISOString(),
      certificate: key.certificatePem,
    }))
  return { signing: of('signing'), decrypting: of('decrypting') }
}
