import { z } from 'zod'
import { ActiveSyncFailure } from '#shared/activesync/active-sync-session.ts'
import { LabError } from '../errors.ts'
import { type App, type MailRow, parsed } from './app.ts'

const mostRows = 50
const cloudUrl = 'https://outlook.office365.com'

/** MOBILE-ONLINE-15: the inbox of Exchange Online over ActiveSync, newest first. */
export async function readOnline(app: App, address: string, token: string): Promise<readonly MailRow[]> {
  const [{ folderSync }, { syncPage }, { child, text, textOf }] = await Promise.all([
    import('#shared/activesync/folder-sync.ts'),
    import('#shared/activesync/sync.ts'),
    import('#shared/wbxml/elements.ts'),
  ])
  try {
    const session = app.activeSync(address, token)
    const { kept } = await folderSync(session, '0')
    const collectionId = kept.find(({ type }) => type === '2')?.serverId ?? ''
    const first = await syncPage(session, { collectionId, key: '0' })
    const options = [text('AirSync:WindowSize', mostRows)]
    const page = await syncPage(session, { collectionId, key: first?.key ?? '', options })
    const rows = (page?.added ?? []).map((each) => {
      const data = child(each, 'AirSync:ApplicationData')
      const of = (name: string) => textOf(data, `Email:${name}`) ?? ''
      return { subject: of('Subject'), from: of('From'), receivedAt: of('DateReceived') }
    })
    return rows.sort((a, b) => b.receivedAt.localeCompare(a.receivedAt))
  } catch (error) {
    if (!(error instanceof ActiveSyncFailure)) throw error
    throw new LabError('conflict', { message: 'Exchange Online does not show the mailbox.', detail: error.message })
  }
}

const messageSchema = z.looseObject({
  Subject: z.string().default(''),
  From: z.string().default(''),
  DateReceived: z.string().default(''),
})
const messagesSchema = z.object({ value: z.array(messageSchema) })
const steps = (...numbers: readonly number[]) => numbers.map((number) => `MOBILE-ONPREM-${number}`)

/** MOBILE-ONPREM-16 to 20: the cloud is given the server's address, caches the mailbox, and shows it. */
export async function readCached(app: App, easUrl: string, token: string): Promise<readonly MailRow[]> {
  const body = {
    client_id: 'OutlookMobile',
    grant_type: 'remote_shadow_authorization',
    remote_auth_provider: 'OnPremiseExchange',
    remote_auth_protocol: 'OAuth',
    remote_server: { hostname: new URL(easUrl).hostname, eas_url: easUrl },
  }
  const request = {
    method: 'POST',
    url: `${cloudUrl}/shadow/v2.0/authentication`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  } as const
  const made = await app.cloud(request, token, { steps: steps(16, 17, 18, 19), what: 'Provisioning request' })
  const view = parsed(made)
  if (made.status !== 202 || view?.status !== 'ready')
    throw new LabError('conflict', {
      message: 'The cloud could not cache the mailbox.',
      detail: reasonIn(view, made.status),
    })
  const url = `${cloudUrl}/shadow/v2.0/mailboxes/${view.id}/messages`
  const answer = await app.cloud({ method: 'GET', url }, token, { steps: steps(20), what: 'Messages of the cache' })
  const rows = messagesSchema.safeParse(parsed(answer)).data?.value ?? []
  return rows
    .slice(0, mostRows)
    .map(({ Subject, From, DateReceived }) => ({ subject: Subject, from: From, receivedAt: DateReceived }))
}

function reasonIn(view: Record<string, unknown> | undefined, status: number): string {
  return String(view?.message ?? view?.reason ?? `It answered ${status}.`)
}
