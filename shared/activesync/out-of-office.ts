import { child, element, text, textOf } from '../wbxml/elements.ts'
import { type ActiveSyncSession, command } from './active-sync-session.ts'

/** @returns The state, null where the server does not say. @throws ActiveSyncFailure */
export async function readOutOfOffice(session: ActiveSyncSession): Promise<string | null> {
  const ask = element(
    'Settings:Settings',
    element('Settings:Oof', element('Settings:Get', text('Settings:BodyType', 'Text'))),
  )
  const answer = await command(session, 'Settings', ask)
  return textOf(child(child(answer, 'Settings:Oof'), 'Settings:Get'), 'Settings:OofState') ?? null
}
