import { z } from 'zod'
import { read } from './api/route.ts'
import { synchronize } from './directory/active-directory.ts'
import { registeredDeviceChangeSchema } from './directory/schemas.ts'
import type { PageAction, Parameters } from './page-actions.ts'
import { ask } from './peers/ask.ts'
import {
  createdAccessPassSchema,
  deviceChangeSchema,
  domainChangeSchema,
  licenceSchema,
  newAccessPassSchema,
  newOutcomeSchema,
  riskChangeSchema,
  rollOverSchema,
  whereaboutsChangeSchema,
} from './tenant/schemas.ts'
import { addOutcome, tenantPath } from './tenant/tenant.ts'
import { setWhereabouts } from './tenant/whereabouts.ts'

const deployment = 'entra'

const flag = z.enum(['true', 'false']).transform((value) => value === 'true')
const number = z.coerce.number()
/** A field that was left empty is not there. */
const filled = (value: unknown) => (value === '' ? undefined : value)

const deviceForm = z.object({ isCompliant: flag.optional(), accountEnabled: flag.optional() }).pipe(deviceChangeSchema)
const riskForm = z
  .object({
    user: z.string(),
    signIn: z.string(),
    insider: z.preprocess((value) => (value === 'none' ? undefined : value), z.string().optional()),
    nextSignIns: z.preprocess(filled, number.optional()),
  })
  .transform((form) => form as z.input<typeof riskChangeSchema>)
  .pipe(riskChangeSchema)
const passForm = z
  .object({ lifetimeInMinutes: number, isUsableOnce: flag.optional() })
  .transform((form): z.input<typeof newAccessPassSchema> => form)
  .pipe(newAccessPassSchema)
const rollOverForm = z
  .object({ afterMinutes: number })
  .transform((form): z.input<typeof rollOverSchema> => form)
  .pipe(rollOverSchema)
const outcomeForm = z
  .object({
    where: z.string(),
    times: number,
    user: z.preprocess(filled, z.string().optional()),
    appId: z.preprocess(filled, z.string().optional()),
    effect: z.string(),
    aadsts: z.preprocess(filled, number.optional()),
  })
  .transform(({ effect, aadsts, ...rest }) => ({
    ...rest,
    outcome: effect === 'error' ? { effect, aadsts: aadsts ?? 0 } : { effect },
  }))
  .transform((form) => form as z.input<typeof newOutcomeSchema>)
  .pipe(newOutcomeSchema)

/** A change that Entra ID's management port makes as the form says it. */
function change(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  target: (parameters: Parameters) => string,
  schema: z.ZodType = z.unknown().transform(() => undefined),
): PageAction['act'] {
  return async ({ manage }, parameters, form) => {
    const json = read(schema, form, 'form')
    await ask(manage, { deployment, path: target(parameters), method, json }, z.unknown())
    return undefined
  }
}

export const tenantActions: readonly PageAction[] = [
  {
    path: '/tenant/devices/:deviceId',
    decision: 'changeDevice',
    notice: 'deviceChanged',
    act: change('PATCH', ({ deviceId = '' }) => tenantPath`/devices/${deviceId}`, deviceForm),
  },
  {
    path: '/tenant/registered-devices',
    decision: 'synchronize',
    notice: 'synchronized',
    act: async ({ manage }) => void (await synchronize(manage)),
  },
  {
    path: '/tenant/registered-devices/:deviceId',
    decision: 'changeRegisteredDevice',
    notice: 'deviceChanged',
    act: async ({ manage }, { deviceId = '' }, form) => {
      const json = read(z.object({ enabled: flag }).pipe(registeredDeviceChangeSchema), form, 'form')
      const path = tenantPath`/devices/${deviceId}`
      await ask(manage, { deployment: 'directory', path, method: 'PATCH', json }, z.unknown())
      return undefined
    },
  },
  {
    path: '/tenant/registered-devices/:deviceId/delete',
    decision: 'deleteRegisteredDevice',
    notice: 'deviceDeleted',
    act: async ({ manage }, { deviceId = '' }) => {
      const path = tenantPath`/devices/${deviceId}`
      await ask(manage, { deployment: 'directory', path, method: 'DELETE' }, z.unknown())
      return undefined
    },
  },
  {
    path: '/tenant/domains/:name',
    decision: 'convertDomain',
    notice: 'domainConverted',
    act: change('PATCH', ({ name = '' }) => tenantPath`/domains/${name}`, domainChangeSchema),
  },
  {
    path: '/tenant/outcomes',
    decision: 'addOutcome',
    notice: 'outcomeForced',
    act: async ({ manage }, _parameters, form) => {
      await addOutcome(manage, read(outcomeForm, form, 'form'))
      return undefined
    },
  },
  {
    path: '/tenant/outcomes/clear',
    decision: 'clearOutcomes',
    notice: 'outcomesCleared',
    act: change('DELETE', () => '/outcomes'),
  },
  {
    path: '/tenant/keys/rollover',
    decision: 'rollOverSigningKey',
    notice: 'keyRolledOver',
    act: change('POST', () => '/keys/rollover', rollOverForm),
  },
]

const whereaboutsForm = z
  .object({ address: z.preprocess((value) => (value === '' ? null : value), z.string().trim().nullable()) })
  .pipe(whereaboutsChangeSchema)

export const personActions: readonly PageAction[] = [
  {
    path: '/people/:upn/whereabouts',
    decision: 'setWhereabouts',
    notice: 'personMoved',
    act: async (parts, { upn = '' }, form) => {
      await setWhereabouts(parts, upn, read(whereaboutsForm, form, 'form'))
      return undefined
    },
  },
  {
    path: '/people/:upn/risk',
    decision: 'setRisk',
    notice: 'riskSet',
    act: change('PUT', ({ upn = '' }) => tenantPath`/risk/${upn}`, riskForm),
  },
  {
    path: '/people/:upn/licence',
    decision: 'setLicence',
    notice: 'licenceSet',
    act: change(
      'PUT',
      ({ upn = '' }) => tenantPath`/licences/${upn}`,
      z.object({ licensed: flag }).pipe(licenceSchema),
    ),
  },
  {
    path: '/people/:upn/access-pass',
    decision: 'createAccessPass',
    notice: 'passCreated',
    act: async ({ manage }, { upn = '' }, form) => {
      const json = read(passForm, form, 'form')
      const path = tenantPath`/mfa/${upn}/access-pass`
      const created = await ask(manage, { deployment, path, method: 'POST', json }, createdAccessPassSchema)
      return { issued: created.temporaryAccessPass }
    },
  },
  {
    path: '/people/:upn/access-pass/remove',
    decision: 'removeAccessPass',
    notice: 'passRemoved',
    act: change('DELETE', ({ upn = '' }) => tenantPath`/mfa/${upn}/access-pass`),
  },
  {
    path: '/people/:upn/revoke-sessions',
    decision: 'revokeSessions',
    notice: 'sessionsRevoked',
    act: change('POST', ({ upn = '' }) => tenantPath`/users/${upn}/revoke-sessions`),
  },
  {
    path: '/people/:upn/critical-event',
    decision: 'recordCriticalEvent',
    notice: 'eventHappened',
    act: change(
      'POST',
      ({ upn = '' }) => tenantPath`/users/${upn}/critical-events`,
      z.object({ kind: z.string().min(1) }),
    ),
  },
  {
    path: '/people/:upn/methods/:id/remove',
    decision: 'removeMethod',
    notice: 'methodRemoved',
    act: change('DELETE', ({ upn = '', id = '' }) => tenantPath`/mfa/${upn}/methods/${id}`),
  },
]
