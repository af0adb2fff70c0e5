import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { HttpClient } from '#shared/http/client.ts'
import { Unreachable } from '#shared/http/client.ts'
import { webContentSchema } from '#shared/scenario/schema-adfs-content.ts'
import { builtInPolicies } from '../access-control/policies.ts'
import type { FarmSettings } from '../configuration/configuration-store.ts'
import { ManagementRefusal } from '../farm/management-refusal.ts'
import { largestPicture, readPicture, type ThemePicture, themeParts } from '../pages/theme-picture.ts'
import { powerShellObject } from './export-trust.ts'
import {
  changeConfiguration,
  changeObject,
  claimsProviderKind,
  createObject,
  deleteObject,
  findObject,
  type ObjectKind,
  policyKind,
  relyingPartyKind,
} from './objects.ts'
import { type TryOutParts, tryPolicy, tryRules } from './try-out.ts'

export interface ManagementParts extends TryOutParts {
  readonly http: HttpClient
}

/** Trusts, policies and rules on the management port: what the lab's administration pages are made of. */
export function addAdministrationRoutes(app: FastifyInstance, parts: ManagementParts): void {
  addObjects(app, relyingPartyKind, parts)
  addObjects(app, claimsProviderKind, parts)
  addObjects(app, policyKind, parts)
  app.get('/built-in-policies', async () => ({ policies: Object.keys(builtInPolicies) }))
  app.get('/relying-parties/:id/powershell', async (request) =>
    powerShellObject(findObject(relyingPartyKind, idOf(request), parts)),
  )
  app.post('/relying-parties/import', async (request) => {
    const { importTrusts } = await import('./import-trusts.ts')
    return importTrusts(request.body, parts)
  })
  app.get('/rules', async () => settingsView(parts.configuration.stored.settings))
  app.put<PartRequest>('/web-theme/:part', (request) => setPicture(request.params.part, request.body, parts))
  app.delete<PartRequest>('/web-theme/:part', (request) => changePicture(request.params.part, undefined, parts))
  app.patch('/rules', async (request) => changeSettings(request.body, parts))
  app.post('/try/rules', (request) => tryRules(request.body, parts))
  app.post('/try/policy', (request) => tryPolicy(request.body, parts))
}

function addObjects<T extends object>(app: FastifyInstance, kind: ObjectKind<T>, parts: ManagementParts): void {
  const { name } = kind
  app.get(`/${name}`, async () => ({ items: kind.list(parts.configuration.stored) }))
  app.post(`/${name}`, async (request, reply) =>
    reply.code(201).send(await createObject(kind, await withMetadata(kind.name, request.body, parts), parts)),
  )
  app.get(`/${name}/:id`, async (request) => findObject(kind, idOf(request), parts))
  app.patch(`/${name}/:id`, (request) => changeObject(kind, idOf(request), request.body, parts))
  app.delete(`/${name}/:id`, async (request) => {
    await deleteObject(kind, idOf(request), parts)
    return {}
  })
}

function idOf(request: FastifyRequest): string {
  return z.object({ id: z.string() }).parse(request.params).id
}

const settingsSchema = z.strictObject({
  additionalAuthenticationRules: z.string().optional(),
  activeDirectoryAcceptanceTransformRules: z.string().nullable().optional(),
  webContent: webContentSchema.optional(),
})

/** Set-AdfsAdditionalAuthenticationRule, Set-AdfsClaimsProviderTrust of Active Directory, Set-AdfsGlobalWebContent. */
async function changeSettings(body: unknown, { configuration }: ManagementParts) {
  const { activeDirectoryAcceptanceTransformRules: acceptance, ...changes } = settingsSchema.parse(body)
  const settings = {
    ...configuration.stored.settings,
    ...changes,
    ...(acceptance !== undefined && { activeDirectoryAcceptanceTransformRules: acceptance ?? undefined }),
  }
  await changeConfiguration(configuration, { ...configuration.stored, settings })
  return settingsView(settings)
}

interface PartRequest {
  readonly Params: { readonly part: string }
}

const pictureSchema = z.strictObject({ image: z.base64().min(1) })

/** Set-AdfsWebTheme -Logo and -Illustration: `image` is the file in base64. */
async function setPicture(part: string, body: unknown, parts: ManagementParts) {
  const picture = readPicture(Buffer.from(pictureSchema.parse(body).image, 'base64'))
  if (picture) return changePicture(part, picture, parts)
  throw new ManagementRefusal(400, `a PNG, JPEG or GIF of at most ${largestPicture / 1024} KiB is expected`)
}

async function changePicture(name: string, picture: ThemePicture | undefined, { configuration }: ManagementParts) {
  const part = themeParts.find((each) => each === name)
  if (!part) throw new ManagementRefusal(404, `a theme has ${themeParts.join(' and ')}, no ${name}`)
  const { webTheme = {}, ...rest } = configuration.stored.settings
  const { [part]: _before, ...others } = webTheme
  const settings = { ...rest, webTheme: { ...others, ...(picture && { [part]: picture }) } }
  await changeConfiguration(configuration, { ...configuration.stored, settings })
  return settingsView(settings)
}

/** Pictures by what they are, not in full. */
function settingsView({ webTheme = {}, ...settings }: FarmSettings) {
  const pictures = Object.entries(webTheme).map(([part, picture]) => [
    part,
    { type: picture.type, bytes: Buffer.byteLength(picture.content, 'base64') },
  ])
  return { ...settings, webTheme: Object.fromEntries(pictures) }
}

/** `metadata` (the document) or `metadataUrl` in a new trust: what it says, and what the body says over that. */
async function withMetadata(name: string, body: unknown, { http }: ManagementParts): Promise<unknown> {
  const { metadata, ...rest } = z
    .looseObject({ metadata: z.string().optional(), metadataUrl: z.url().optional() })
    .parse(body)
  const document =
    metadata ?? (rest.metadataUrl === undefined ? undefined : await fetchMetadata(rest.metadataUrl, http))
  if (document === undefined || name === 'access-control-policies') return rest
  const { claimsProviderFromMetadata, relyingPartyFromMetadata } = await import('./read-metadata.ts')
  const read = name === 'relying-parties' ? relyingPartyFromMetadata(document) : claimsProviderFromMetadata(document)
  return { ...read, ...rest }
}

/** Only names of the stack lead anywhere; the client refuses every other. */
async function fetchMetadata(url: string, http: HttpClient): Promise<string> {
  try {
    const answer = await http.send(url, { timeoutMs: 10_000 })
    if (answer.status === 200) return await answer.text()
    throw new ManagementRefusal(400, `${url} answered ${answer.status}`)
  } catch (error) {
    if (error instanceof Unreachable) throw new ManagementRefusal(400, error.message)
    throw error
  }
}
