import { expect } from 'vitest'
import { type Browser, openMailboxOf, type Stage, testKeys } from '../_stage.ts'

export const alice = 'alice@contoso.com'

export type MailStage = Stage & { readonly person: Browser }

/** Alice in Exchange Online, signed in, with the canary of her session. */
export async function openMail(): Promise<MailStage> {
  const keys = await testKeys()
  const stage = await openMailboxOf(alice, await keys.key('Entra'))
  keys.remove()
  await stage.person.get('/owa/')
  return stage
}

export interface Letter {
  readonly headers?: string
  readonly from?: string
  readonly text?: string
}

/** The id under which it is in the inbox. */
export async function deliver(
  { management }: Pick<Stage, 'management'>,
  subject: string,
  { headers = '', from = 'x@y.example', text = 'News' }: Letter = {},
): Promise<string> {
  const mime = Buffer.from(`From: ${from}\r\nTo: ${alice}\r\nSubject: ${subject}\r\n${headers}\r\n${text}\r\n`)
  const payload = { mime: mime.toString('base64') }
  const answer = await management.inject({ method: 'POST', url: `/mailboxes/${alice}/messages`, payload })
  expect(answer.statusCode).toBeLessThan(300)
  return answer.json().id
}

export function act(person: Browser, fields: Record<string, string>) {
  return person.post('/owa/message-action.owa', { 'X-OWA-CANARY': person.cookie('X-OWA-CANARY') ?? '', ...fields })
}

/** The subjects of a list, each with how many messages its row stands for, when it is more than one. */
export function listed(html: string): readonly string[] {
  return [...html.matchAll(/<li class="\w+" data-testid="message">(.*?)<\/li>/gs)].map(([, row = '']) => {
    const size = /<span class="size">(\d+)</.exec(row)?.[1]
    const subject = /([^<>]*)<\/span><span class="preview">/.exec(row)?.[1] ?? ''
    return size === undefined ? subject : `${subject} (${size})`
  })
}
