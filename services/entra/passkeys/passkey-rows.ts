import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { personRow } from '../mfa/person-row.ts'
import type { PeopleStore, Person } from '../people/people.ts'
import type { Passkey, Passkeys } from './passkeys.ts'
import type { PhonePasskeys } from './phone-passkeys.ts'

export interface PasskeyDesk {
  readonly people: PeopleStore
  readonly passkeys: Passkeys
  readonly phonePasskeys: PhonePasskeys
}

const name = z.string().trim().min(1).max(30)
const newPasskeySchema = z.strictObject({ name: name.default('Simulated phone') }).prefault({})
const keptSchema = z.strictObject({
  credentialId: z.base64url(),
  privateKey: z.base64(),
  signCount: z.int().min(0).default(0),
})
const challengeSchema = z.strictObject({ challenge: z.base64url().min(1), origin: z.url().exactOptional() })

/** Rows of the management port: the passkeys of a person, and those of them that are on the simulated phone. */
export function addPasskeyRows(app: FastifyInstance, desk: PasskeyDesk): void {
  const { people, passkeys, phonePasskeys } = desk
  const path = '/mfa/:upn/passkeys'
  app.get(
    path,
    personRow(people, async ({ objectId }) => ({ passkeys: await passkeyViews(desk, objectId) })),
  )
  app.post(
    path,
    personRow(people, async ({ objectId }, request, reply) => {
      const { name: displayName } = newPasskeySchema.parse(request.body ?? undefined)
      const made = await phonePasskeys.create({ objectId, displayName })
      if (made.outcome === 'refused') return reply.code(409).send({ error: made.reason })
      return reply.code(201).send(await withKey(desk, made.passkey))
    }),
  )
  app.put(path, personRow(people, keepRow(desk)))
  app.get(
    `${path}/:id`,
    passkeyRow(desk, (passkey) => withKey(desk, passkey)),
  )
  app.patch(
    `${path}/:id`,
    passkeyRow(desk, async ({ objectId, id }, { body }) => {
      await passkeys.rename(objectId, id, z.strictObject({ name }).parse(body).name)
      return viewOf(desk, objectId, id)
    }),
  )
  app.post(
    `${path}/:id/sign`,
    passkeyRow(desk, async (passkey, { body }) => {
      const { challenge, origin } = challengeSchema.parse(body)
      return phonePasskeys.sign(passkey, challenge, origin)
    }),
  )
  app.delete(
    `${path}/:id`,
    passkeyRow(desk, async ({ objectId, id, credentialId }) => {
      await passkeys.remove(objectId, id)
      await phonePasskeys.forget(credentialId)
      return {}
    }),
  )
}

/** A virtual authenticator makes it on a page, or has signed with it: the phone has it, too. */
function keepRow({ phonePasskeys }: PasskeyDesk) {
  return async (_person: Person, request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const { credentialId, privateKey, signCount } = keptSchema.parse(request.body)
    if (await phonePasskeys.keep(credentialId, privateKey, signCount)) return { credentialId, signCount }
    return reply.code(409).send({ error: 'This is no ES256 key, or not the one that was registered.' })
  }
}

/** A row about one passkey; 404 too where the phone would have to hold it and does not. */
function passkeyRow(
  { people, passkeys }: PasskeyDesk,
  handle: (passkey: Passkey, request: FastifyRequest) => Promise<unknown>,
) {
  return personRow(people, async ({ objectId }, request, reply) => {
    const { id } = request.params as { id: string }
    const passkey = (await passkeys.of(objectId)).find((each) => each.id === id || each.credentialId === id)
    if (!passkey) return reply.code(404).send({ error: 'This person has no such passkey.' })
    const answer = await handle(passkey, request)
    return answer ?? reply.code(404).send({ error: 'This passkey is not on the simulated phone.' })
  })
}

async function withKey({ phonePasskeys }: PasskeyDesk, passkey: Passkey) {
  const held = await phonePasskeys.held(passkey)
  return held && { id: passkey.id, name: passkey.displayName, ...held }
}

async function viewOf(desk: PasskeyDesk, objectId: string, id: string) {
  return (await passkeyViews(desk, objectId)).find((each) => each.id === id)
}

/** Never with a private key. */
export async function passkeyViews({ passkeys, phonePasskeys }: Omit<PasskeyDesk, 'people'>, objectId: string) {
  const mine = await passkeys.of(objectId)
  return Promise.all(
    mine.map(async (passkey) => {
      const held = await phonePasskeys.held(passkey)
      return {
        id: passkey.id,
        name: passkey.displayName,
        credentialId: passkey.credentialId,
        aaguid: passkey.aaguid,
        signCount: held?.signCount ?? passkey.counter,
        onPhone: held !== undefined,
        createdAt: passkey.createdAt?.toISOString() ?? null,
        lastUsedAt: passkey.lastUsedAt?.toISOString() ?? null,
      }
    }),
  )
}
