import { z } from 'zod'
import type { LabParts } from '../../parts.ts'
import { ask, unlessUnreachable } from '../../peers/ask.ts'
import { type Phone, readPhone } from '../../phone/phone.ts'
import type { Notice } from '../../urls.ts'
import { qrPicture } from '../qr-picture.ts'
import { stackTime } from '../stack-time.ts'
import type { PhoneListEntry, PhoneListView } from './phone-list-page.ts'
import type { PhoneView } from './phone-page.ts'

const tenantSchema = z.object({
  users: z.array(z.looseObject({ userPrincipalName: z.string(), displayName: z.string().optional() })),
})

/** Everybody of the scenario and of the tenant; who waits for an answer first. */
export async function gatherPhones(parts: LabParts): Promise<PhoneListView> {
  const { manage, scenario } = parts
  const tenant = await unlessUnreachable(ask(manage, { deployment: 'entra', path: '/users' }, tenantSchema))
  const people = new Map(
    [...scenario.users, ...(tenant?.users ?? [])].map(({ userPrincipalName: upn, displayName }) => [
      upn.toLowerCase(),
      { userPrincipalName: upn, displayName: displayName ?? upn },
    ]),
  )
  const entries = [...people.values()].map(async (person): Promise<PhoneListEntry> => {
    const phone = await unlessUnreachable(readPhone(manage, person.userPrincipalName))
    return { ...person, methods: phone?.methods.map(({ type }) => type), pending: waitingOn(phone) }
  })
  const [phones, time] = await Promise.all([Promise.all(entries), stackTime(parts)])
  return { phones: phones.sort((a, b) => b.pending - a.pending), time }
}

function waitingOn(phone: Phone | undefined): number {
  return phone ? phone.pushes.length + phone.calls.length + phone.registrations.length : 0
}

export async function gatherPhone(
  parts: LabParts,
  upn: string,
  said: { readonly notice?: Notice | undefined; readonly problem?: string | undefined },
): Promise<PhoneView> {
  const [phone, time] = await Promise.all([readPhone(parts.manage, upn), stackTime(parts)])
  const wanted = phone.userPrincipalName.toLowerCase()
  const person = parts.scenario.users.find((user) => user.userPrincipalName.toLowerCase() === wanted)
  const displayName = person?.displayName ?? phone.userPrincipalName
  return { phone, displayName, time, pictures: await enrolmentPictures(phone), ...said }
}

async function enrolmentPictures({ methods }: Phone): Promise<ReadonlyMap<string, string>> {
  const pictures = methods.flatMap(({ id, otpauthUri }) =>
    otpauthUri === undefined ? [] : [qrPicture(otpauthUri).then((picture) => [id, picture] as const)],
  )
  return new Map(await Promise.all(pictures))
}
