import { z } from 'zod'
import { type ApiRoute, apiRoute } from '../api/route.ts'
import { directoryPath as path } from '../directory/active-directory.ts'
import { ask, type Manage } from '../peers/ask.ts'
import {
  decisionSchema,
  importSchema,
  importTrusts,
  policyNamesSchema,
  rulesTrialSchema,
  trialClaimSchema,
} from './administration.ts'

const deployment = 'adfs'
const object = z.looseObject({})
const idParameter = z.strictObject({ id: z.string().min(1).describe('The object identifier; of a policy the name.') })
const refusals = ['invalidRequest', 'notFound', 'conflict', 'deploymentUnreachable'] as const

const kinds = [
  { plural: 'relying-parties', one: 'RelyingParty', text: 'relying party trust' },
  { plural: 'claims-providers', one: 'ClaimsProvider', text: 'claims provider trust' },
  { plural: 'access-control-policies', one: 'AccessControlPolicy', text: 'access control policy of one’s own' },
] as const

type Kind = (typeof kinds)[number]

/** Trusts, policies and rules of AD FS, as its administrators know them. */
export function administrationRoutes(manage: Manage): readonly ApiRoute[] {
  return [
    ...kinds.flatMap((kind) => [...listRoutes(kind, manage), ...objectRoutes(kind, manage)]),
    ...importRoutes(manage),
    ...ruleRoutes(manage),
    ...themeRoutes(manage),
    ...trialRoutes(manage),
  ]
}

function listRoutes({ plural, one, text }: Kind, manage: Manage): readonly ApiRoute[] {
  const list = z.object({ items: z.array(object) })
  const base = `/api/adfs/${plural}` as const
  return [
    apiRoute({
      method: 'GET',
      path: base,
      name: `list${one}`,
      summary: `Every ${text}`,
      answer: list,
      refusals: ['deploymentUnreachable'],
      handle: () => ask(manage, { deployment, path: `/${plural}` }, list),
    }),
    apiRoute({
      method: 'POST',
      path: base,
      name: `create${one}`,
      summary: `Create a ${text}`,
      description: 'The fields are those of the scenario. A trust may also come from `metadata` or `metadataUrl`.',
      body: object,
      status: 201,
      answer: object,
      refusals,
      handle: ({ body }) => ask(manage, { deployment, path: `/${plural}`, method: 'POST', json: body }, object),
    }),
  ]
}

function objectRoutes({ plural, one, text }: Kind, manage: Manage): readonly ApiRoute[] {
  const base = `/api/adfs/${plural}` as const
  const send = (method: 'GET' | 'PATCH' | 'DELETE', id: string, json?: unknown) =>
    ask(manage, { deployment, path: path`/${plural}/${id}`, method, json }, object)
  return [
    apiRoute({
      method: 'GET',
      path: `${base}/{id}`,
      name: `read${one}`,
      summary: `One ${text}, in the form in which it can be created again`,
      parameters: idParameter,
      answer: object,
      refusals,
      handle: ({ parameters: { id } }) => send('GET', id),
    }),
    apiRoute({
      method: 'PATCH',
      path: `${base}/{id}`,
      name: `change${one}`,
      summary: `Change a ${text}; what is left out stays`,
      parameters: idParameter,
      body: object,
      answer: object,
      refusals,
      handle: ({ parameters: { id }, body }) => send('PATCH', id, body),
    }),
    apiRoute({
      method: 'DELETE',
      path: `${base}/{id}`,
      name: `delete${one}`,
      summary: `Delete a ${text}`,
      parameters: idParameter,
      answer: object,
      refusals,
      handle: ({ parameters: { id } }) => send('DELETE', id),
    }),
  ]
}

function importRoutes(manage: Manage): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'POST',
      path: '/api/adfs/relying-parties/import',
      name: 'importRelyingParties',
      summary:
        'Take over trusts and policies of a real farm: Get-AdfsRelyingPartyTrust or Get-AdfsClaimsProviderTrust | ConvertTo-Json -Depth 5',
      description: 'Each stands for itself. The answer says what was refused and what was not taken over, and why.',
      body: z.strictObject({
        trusts: z.union([z.array(object), object]).describe('What ConvertTo-Json wrote: one object, or a list.'),
        replace: z.boolean().optional().describe('Whether a trust that has one of the identifiers is changed.'),
      }),
      answer: importSchema,
      refusals: ['invalidRequest', 'deploymentUnreachable'],
      handle: ({ body }) => importTrusts(manage, body),
    }),
    apiRoute({
      method: 'GET',
      path: '/api/adfs/built-in-policies',
      name: 'listBuiltInPolicies',
      summary: 'The names of the access control policies that AD FS brings along',
      answer: policyNamesSchema,
      refusals: ['deploymentUnreachable'],
      handle: () => ask(manage, { deployment, path: '/built-in-policies' }, policyNamesSchema),
    }),
  ]
}

function ruleRoutes(manage: Manage): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/adfs/relying-parties/{id}/powershell',
      name: 'exportRelyingParty',
      summary: 'One relying party trust, by the property names of Get-AdfsRelyingPartyTrust',
      parameters: idParameter,
      answer: object,
      refusals,
      handle: ({ parameters: { id } }) =>
        ask(manage, { deployment, path: path`/relying-parties/${id}/powershell` }, object),
    }),
    apiRoute({
      method: 'GET',
      path: '/api/adfs/rules',
      name: 'readFarmRules',
      summary: 'Additional authentication rules, acceptance rules of Active Directory, texts of the pages',
      answer: object,
      refusals: ['deploymentUnreachable'],
      handle: () => ask(manage, { deployment, path: '/rules' }, object),
    }),
    apiRoute({
      method: 'PATCH',
      path: '/api/adfs/rules',
      name: 'changeFarmRules',
      summary: 'Change the rules of the whole farm; what is left out stays',
      body: object,
      answer: object,
      refusals,
      handle: ({ body }) => ask(manage, { deployment, path: '/rules', method: 'PATCH', json: body }, object),
    }),
  ]
}

function themeRoutes(manage: Manage): readonly ApiRoute[] {
  const parameters = z.strictObject({ part: z.string().describe('`logo` or `illustration`.') })
  return [
    apiRoute({
      method: 'PUT',
      path: '/api/adfs/web-theme/{part}',
      name: 'setThemePicture',
      summary: 'Set the logo or the illustration of the pages of AD FS',
      parameters,
      body: z.strictObject({ image: z.string().min(1).describe('A PNG, JPEG or GIF of 512 KiB at most, in base64.') }),
      answer: object,
      refusals,
      handle: ({ parameters: { part }, body }) =>
        ask(manage, { deployment, path: path`/web-theme/${part}`, method: 'PUT', json: body }, object),
    }),
    apiRoute({
      method: 'DELETE',
      path: '/api/adfs/web-theme/{part}',
      name: 'removeThemePicture',
      summary: 'Remove the logo or the illustration',
      parameters,
      answer: object,
      refusals,
      handle: ({ parameters: { part } }) =>
        ask(manage, { deployment, path: path`/web-theme/${part}`, method: 'DELETE' }, object),
    }),
  ]
}

function trialRoutes(manage: Manage): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'POST',
      path: '/api/adfs/try/rules',
      name: 'tryClaimRules',
      summary: 'Claims in, claims out, rule by rule; a mistake in the rules comes with line and column',
      body: z.strictObject({
        rules: z.string().describe('In the claim rule language.'),
        claims: z.array(trialClaimSchema).default([]).describe('What comes in.'),
      }),
      answer: rulesTrialSchema,
      refusals,
      handle: ({ body }) =>
        ask(manage, { deployment, path: '/try/rules', method: 'POST', json: body }, rulesTrialSchema),
    }),
    apiRoute({
      method: 'POST',
      path: '/api/adfs/try/policy',
      name: 'tryAccessControlPolicy',
      summary: 'Who, from where, with which device: what the policy of a trust says, and why',
      body: z.strictObject({
        relyingParty: z.string().min(1).describe('The object identifier.'),
        user: z.string().optional().describe('The user principal name.'),
        network: z.enum(['intranet', 'extranet']).optional().describe('Where the request comes from.'),
        address: z.string().optional().describe('The address of the person’s device.'),
        device: z.enum(['none', 'authenticated', 'managed', 'compliant']).optional().describe('How far it is trusted.'),
        claims: z.array(trialClaimSchema).optional().describe('More claims.'),
      }),
      answer: decisionSchema,
      refusals,
      handle: ({ body }) =>
        ask(manage, { deployment, path: '/try/policy', method: 'POST', json: body }, decisionSchema),
    }),
  ]
}
