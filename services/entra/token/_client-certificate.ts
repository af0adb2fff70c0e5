import type { SigningKey } from '#certs/authority.ts'
import { startStack } from '#services/stack.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import { apps } from './_token-requests.ts'

/** Keys with certificates, for clients that sign assertions. */
export async function clientKeys<Names extends readonly string[]>(...names: Names) {
  await using stack = await startStack({ only: [] })
  const keys = names.map((name) => stack.authority.signingKeyFor({ name, subject: `CN=${name}` }))
  return (await Promise.all(keys)) as unknown as { readonly [K in keyof Names]: SigningKey }
}

/** The default world, where the Sample Tasks API has this certificate and no secret. */
export async function worldWithCertificate({ certificatePem }: SigningKey): Promise<Scenario> {
  const world = await loadDefaultScenario()
  const certificates = [{ displayName: 'Assertions', certificate: certificatePem }]
  const applications = world.entra.applications.map((each) =>
    each.appId === apps.tasks ? { ...each, secrets: [], certificates } : each,
  )
  return { ...world, entra: { ...world.entra, applications } }
}
