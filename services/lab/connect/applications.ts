import { z } from 'zod'
import { graph, graphList } from '../graph/graph.ts'
import type { Manage } from '../peers/ask.ts'

const redirects = z.object({ redirectUris: z.array(z.string()) })

const registrationSchema = z.object({
  id: z.string(),
  appId: z.string(),
  displayName: z.string(),
  web: redirects,
  spa: redirects,
  publicClient: redirects,
})

export type Registration = z.output<typeof registrationSchema>

export const newRegistrationSchema = z.strictObject({
  name: z.string().trim().min(1).max(256).describe('What it is called.'),
  kind: z.enum(['web', 'browser', 'native', 'daemon']).describe('What it is; web and daemon get a secret.'),
  redirectUri: z
    .union([z.url(), z.literal('')])
    .optional()
    .describe('Where answers go; a daemon needs none.'),
})

export const addedRegistrationSchema = z.object({
  appId: z.string(),
  displayName: z.string(),
  secret: z.string().optional().describe('Told once.'),
})

export function readRegistrations(manage: Manage): Promise<readonly Registration[]> {
  return graphList(manage, '/applications', registrationSchema)
}

const platforms = { web: 'web', browser: 'spa', native: 'publicClient', daemon: undefined } as const

/** As the portal does it: the registration, its service principal, and where it needs one, a secret. */
export async function addRegistration(manage: Manage, wanted: z.output<typeof newRegistrationSchema>) {
  const { name, kind, redirectUri } = wanted
  const platform = platforms[kind]
  const body = {
    displayName: name,
    ...(kind === 'native' && { isFallbackPublicClient: true }),
    ...(platform && redirectUri && { [platform]: { redirectUris: [redirectUri] } }),
  }
  const { id, appId, displayName } = await graph(
    manage,
    { method: 'POST', path: '/applications', body },
    registrationSchema,
  )
  await graph(manage, { method: 'POST', path: '/servicePrincipals', body: { appId } }, z.looseObject({}))
  if (kind === 'browser' || kind === 'native') return { appId, displayName }
  const path = `/applications/${id}/addPassword`
  const passwordCredential = { displayName: 'Lab' }
  const secret = z.object({ secretText: z.string() })
  const { secretText } = await graph(manage, { method: 'POST', path, body: { passwordCredential } }, secret)
  return { appId, displayName, secret: secretText }
}
