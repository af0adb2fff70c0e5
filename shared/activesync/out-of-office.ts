import { child, element, empty, text, textOf } from '../wbxml/elements.ts'
import { ActiveSyncFailure, type ActiveSyncSession, command } from './active-sync-session.ts'

/** 0 no replies, 1 replies, 2 replies between two moments ([MS-ASCMD] 2.2.3.122). */
export type OutOfOfficeState = '0' | '1' | '2'

export interface OutOfOffice {
  readonly state: OutOfOfficeState
  /** ISO instants, of state 2. */
  readonly start?: string
  readonly end?: string
  /** To people of the organization; others get the same. */
  readonly message?: string
}

const audiences = ['AppliesToInternal', 'AppliesToExternalKnown', 'AppliesToExternalUnknown'] as const

/** @returns The state, null where the server does not say. @throws ActiveSyncFailure */
export async function readOutOfOffice(session: ActiveSyncSession): Promise<string | null> {
  const ask = element(
    'Settings:Settings',
    element('Settings:Oof', element('Settings:Get', text('Settings:BodyType', 'Text'))),
  )
  const answer = await command(session, 'Settings', ask)
  return textOf(child(child(answer, 'Settings:Oof'), 'Settings:Get'), 'Settings:OofState') ?? null
}

/** @throws ActiveSyncFailure when the server does not take it. */
export async function setOutOfOffice(session: ActiveSyncSession, wanted: OutOfOffice): Promise<void> {
  const { state, start, end, message } = wanted
  const messages = audiences.map((audience) =>
    element(
      'Settings:OofMessage',
      empty(`Settings:${audience}`),
      text('Settings:Enabled', state === '0' ? '0' : '1'),
      message !== undefined && text('Settings:ReplyMessage', message),
      text('Settings:BodyType', 'Text'),
    ),
  )
  const set = element(
    'Settings:Set',
    text('Settings:OofState', state),
    start !== undefined && text('Settings:StartTime', start),
    end !== undefined && text('Settings:EndTime', end),
    messages,
  )
  const answer = await command(session, 'Settings', element('Settings:Settings', element('Settings:Oof', set)))
  const status = textOf(child(answer, 'Settings:Oof'), 'Settings:Status')
  if (status !== '1') throw new ActiveSyncFailure(`Settings answered status ${status}`)
}
