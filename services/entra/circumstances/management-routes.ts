import { isIP } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { personRow } from '../mfa/person-row.ts'
import type { PeopleStore } from '../people/people.ts'
import type { Circumstances } from './circumstances.ts'
import type { Risk } from './risk.ts'

const level = z.enum(['none', 'low', 'medium', 'high', 'hidden'])

const riskSchema = z.strictObject({
  user: level.default('none'),
  signIn: level.default('none'),
  insider: z.enum(['minor', 'moderate', 'elevated']).optional(),
  nextSignIns: z.int().min(1).optional(),
})

const range = z.string().refine(isRange, 'expected an address or a range such as 203.0.113.0/24')
const country = z.string().regex(/^[A-Z]{2}$/, 'a country code has two capital letters')
const countriesSchema = z.record(range, country)

function isRange(text: string): boolean {
  const [network = '', prefix, ...rest] = text.split('/')
  const family = isIP(network)
  const isShort = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 6 ? 128 : 32))
  return family !== 0 && isShort && rest.length === 0
}

/** Rows of the management port: how risky somebody is, which terms were accepted, where an address lies. */
export function addCircumstanceManagement(
  app: FastifyInstance,
  { circumstances, people }: { readonly circumstances: Circumstances; readonly people: PeopleStore },
): void {
  addRisk(app, circumstances, people)
  addCountries(app, circumstances)
  addWhereabouts(app, circumstances, people)
  addAgreements(app, circumstances, people)
}

function addRisk(app: FastifyInstance, { risk }: Circumstances, people: PeopleStore): void {
  app.get(
    '/risk/:upn',
    personRow(people, async ({ userPrincipalName, objectId }) => riskView(userPrincipalName, risk.of(objectId))),
  )
  app.put(
    '/risk/:upn',
    personRow(people, async ({ userPrincipalName, objectId }, request) => {
      const wanted = riskSchema.parse(request.body ?? {})
      return riskView(userPrincipalName, await risk.set(objectId, wanted))
    }),
  )
}

function riskView(userPrincipalName: string, { user, signIn, insider, nextSignIns }: Risk) {
  return { userPrincipalName, user, signIn, insider: insider ?? null, nextSignIns: nextSignIns ?? null }
}

function addCountries(app: FastifyInstance, { countries }: Circumstances): void {
  app.get('/countries', async () => countries.all())
  app.put('/countries', async (request) => {
    await countries.replace(countriesSchema.parse(request.body ?? {}))
    return countries.all()
  })
}

const whereaboutsSchema = z.strictObject({ address: z.union([z.ipv4(), z.ipv6()]).nullable() })

function addWhereabouts(app: FastifyInstance, { whereabouts }: Circumstances, people: PeopleStore): void {
  const view = (userPrincipalName: string, objectId: string) => ({
    userPrincipalName,
    address: whereabouts.said(objectId) ?? null,
  })
  app.get('/whereabouts', async () => {
    const views = whereabouts.all().map(async ({ objectId, address }) => {
      const person = await people.byObjectId(objectId)
      return person ? [{ userPrincipalName: person.userPrincipalName, address }] : []
    })
    return { people: (await Promise.all(views)).flat() }
  })
  app.get(
    '/whereabouts/:upn',
    personRow(people, async ({ userPrincipalName, objectId }) => view(userPrincipalName, objectId)),
  )
  app.put(
    '/whereabouts/:upn',
    personRow(people, async ({ userPrincipalName, objectId }, request) => {
      const { address } = whereaboutsSchema.parse(request.body ?? {})
      await whereabouts.set(objectId, address ?? undefined)
      return view(userPrincipalName, objectId)
    }),
  )
}

function addAgreements(app: FastifyInstance, { agreements }: Circumstances, people: PeopleStore): void {
  app.get('/agreements', async () => ({
    agreements: agreements.all(),
    acceptances: agreements.answers().map(({ agreementId, objectId, version, state, at }) => ({
      agreementId,
      objectId,
      version,
      state,
      recordedAt: new Date(at).toISOString(),
    })),
  }))
  app.delete(
    '/agreements/acceptances/:upn',
    personRow(people, async ({ objectId }) => ({ forgotten: await agreements.forget(objectId) })),
  )
}
