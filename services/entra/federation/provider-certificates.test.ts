import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openAuthority } from '#certs/authority.ts'
import { StackClock } from '#shared/clock.ts'
import { createLog } from '#shared/log.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { providerCertificates } from './provider-certificates.ts'

test('a provider without metadata is believed by the certificates in the domain, and nobody is asked for others', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'provider-'))
  const authority = await openAuthority({ directory, domains: ['contoso.com'] })
  const key = (generation: number) => authority.signingKeyFor({ name: 'idp', subject: 'CN=idp', generation })
  const [present, next] = await Promise.all([key(1), key(2)])
  const asked: string[] = []
  const send = async (url: string): Promise<never> => {
    asked.push(url)
    throw new Error('no metadata')
  }
  const certificates = providerCertificates({ http: { send }, clock: new StackClock(), log: createLog('silent') })
  const federation = (await loadDefaultScenario()).domains.find(({ name }) => name === 'contoso.com')?.federation
  if (!federation) throw new Error('contoso.com is not federated')
  const configured = {
    ...federation,
    signingCertificate: present.certificateDer.toString('base64'),
    nextSigningCertificate: next.certificateDer.toString('base64'),
  }
  expect((await certificates.of(configured)).map(({ fingerprint }) => fingerprint.replaceAll(':', ''))).toEqual([
    present.thumbprint.toUpperCase(),
    next.thumbprint.toUpperCase(),
  ])
  expect(await certificates.refreshed(configured)).toBeUndefined()
  expect(asked).toEqual([])
  expect(await certificates.of(federation)).toEqual([])
  expect(asked).toEqual(['https://adfs.contoso.com/FederationMetadata/2007-06/FederationMetadata.xml'])
  await rm(directory, { recursive: true })
})
