import type { LabParts } from '../../parts.ts'
import { explainSignIn, readSignIns } from '../../sign-ins/sign-ins.ts'
import { stackTime } from '../stack-time.ts'
import type { SignInListView } from './sign-in-list-page.ts'
import type { SignInView } from './sign-in-page.ts'

export async function gatherSignIns(parts: LabParts, user: string): Promise<SignInListView> {
  const [signIns, time] = await Promise.all([readSignIns(parts.manage, { user }), stackTime(parts)])
  return { signIns, user, time, users: parts.scenario.users.map(({ userPrincipalName }) => userPrincipalName) }
}

export async function gatherSignIn(parts: LabParts, id: string): Promise<SignInView> {
  const [explanation, time] = await Promise.all([explainSignIn(parts.manage, id), stackTime(parts)])
  return { explanation, time }
}

export async function isInJournal({ journal }: LabParts, id: string): Promise<boolean> {
  const { events } = await journal.collect()
  return events.some((event) => event.id === id || event.correlationId === id)
}
