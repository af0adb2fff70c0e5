import type { Recipient } from '../../mailbox/mailbox-store.ts'
import type { EndFacts } from '../../mailbox-moves/move-end.ts'
import type { MoveRunner } from '../../mailbox-moves/move-runner.ts'
import type { Move, MoveStore } from '../../mailbox-moves/move-store.ts'
import type { Cmdlet, CmdletParts, Credential, ExchangeObject, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { notFound } from '../names.ts'
import { sizeText } from './mailboxes.ts'
import { recipientNamed } from './recipient-named.ts'

export interface MoveParts {
  readonly moves: MoveStore
  readonly runner: MoveRunner
}

const one = { Identity: 'identity' } as const

const newMoveRequest: Omit<Cmdlet, 'run'> = {
  name: 'New-MoveRequest',
  parameters: {
    ...one,
    Remote: 'switch',
    Outbound: 'switch',
    RemoteHostName: 'identity',
    RemoteCredential: 'credential',
    TargetDeliveryDomain: 'identity',
    RemoteTargetDatabase: 'identity',
    BatchName: 'text',
    BadItemLimit: 'number',
    LargeItemLimit: 'number',
    AcceptLargeDataLoss: 'switch',
    SuspendWhenReadyToComplete: 'switch',
  },
  mandatory: ['Identity', 'RemoteHostName', 'RemoteCredential', 'TargetDeliveryDomain'],
}

/** Moves between the places of a hybrid organization; Exchange Online runs them, whichever way they go. */
export function moveRequestCmdlets(move: MoveParts): readonly Cmdlet[] {
  return [
    { ...newMoveRequest, run: async (parts, parameters) => [await newMove(parts, move, parameters)] },
    {
      name: 'Get-MoveRequest',
      parameters: { ...one, BatchName: 'text', MoveStatus: 'text' },
      run: async (parts, parameters) => (await movesNamed(parts, move, parameters)).map(describe),
    },
    {
      name: 'Get-MoveRequestStatistics',
      parameters: { ...one, IncludeReport: 'switch' },
      run: async (parts, parameters) =>
        (await movesNamed(parts, move, parameters)).map((each) => statistics(each, parts.context.clock.now())),
    },
    {
      name: 'Suspend-MoveRequest',
      parameters: { ...one, SuspendComment: 'text' },
      mandatory: ['Identity'],
      run: (parts, parameters) => suspendMove(parts, move, parameters),
    },
    {
      name: 'Resume-MoveRequest',
      parameters: { ...one, SuspendWhenReadyToComplete: 'switch' },
      mandatory: ['Identity'],
      run: (parts, parameters) => resumeMove(parts, move, parameters),
    },
    {
      name: 'Set-MoveRequest',
      parameters: { ...one, SuspendWhenReadyToComplete: 'boolean', BadItemLimit: 'number', LargeItemLimit: 'number' },
      mandatory: ['Identity'],
      run: async (
        parts,
        { Identity, SuspendWhenReadyToComplete: suspends, BadItemLimit: bad, LargeItemLimit: large },
      ) => {
        const { object_guid } = await moveNamed(parts, move, Identity)
        await move.moves.change(object_guid, {
          ...(typeof suspends === 'boolean' && { suspends_when_ready: Number(suspends) }),
          ...(bad !== undefined && { bad_item_limit: limitIn(bad) }),
          ...(large !== undefined && { large_item_limit: limitIn(large) }),
        })
        return []
      },
    },
    {
      name: 'Remove-MoveRequest',
      parameters: one,
      mandatory: ['Identity'],
      run: (parts, parameters) => removeMove(parts, move, parameters),
    },
  ]
}

export async function newMove(
  parts: CmdletParts,
  { moves, runner }: MoveParts,
  parameters: Parameters,
): Promise<ExchangeObject> {
  const direction = directionOf(parameters)
  const recipient = await recipientNamed(parts, String(parameters.Identity), ['UserMailbox', 'MailUser'])
  await refuseSecond(moves, recipient)
  const host = String(parameters.RemoteHostName).toLowerCase()
  const domain = deliveryDomain(parts, direction, String(parameters.TargetDeliveryDomain))
  if (host !== parts.config.mail.otherHost) throw unreachable(host)
  const credential = parameters.RemoteCredential as Credential
  const there = await describedThere(runner, { host, credential, objectGuid: recipient.objectGuid })
  const mailboxId = mailboxToMove(direction, recipient, there)
  const move = {
    ...blankMove(parts, recipient, { direction, mailboxId, host, domain }),
    batch_name: String(parameters.BatchName ?? ''),
    bad_item_limit: limitIn(parameters.BadItemLimit),
    large_item_limit: limitIn(parameters.LargeItemLimit),
    remote_credential: await runner.sealed(credential),
    suspends_when_ready: Number(parameters.SuspendWhenReadyToComplete === true),
  }
  await moves.add(move)
  runner.start(move.object_guid)
  return describe(move)
}

/** As the store keeps it: -1 for Unlimited. */
function limitIn(value: Parameters[string]): number {
  return value === 'Unlimited' ? -1 : Number(value ?? 0)
}

function limitText(limit: number): string | number {
  return limit < 0 ? 'Unlimited' : limit
}

function directionOf({ Remote, Outbound }: Parameters): Move['direction'] {
  if ((Remote === true) !== (Outbound === true)) return Remote === true ? 'pull' : 'push'
  throw new CmdletError('badParameter', 'Parameter set cannot be resolved: use either -Remote or -Outbound.')
}

async function refuseSecond(moves: MoveStore, { objectGuid, displayName }: Recipient): Promise<void> {
  const before = await moves.find(objectGuid)
  if (!before) return
  throw new CmdletError(
    'objectExists',
    before.status === 'Completed'
      ? `Mailbox '${displayName}' already has a completed move request associated with it. Before you create a new move request for the mailbox, run the Remove-MoveRequest cmdlet to clear the completed move request.`
      : `Mailbox '${displayName}' is already being moved.`,
  )
}

/** Onboarding routes by the tenant's own domain, offboarding by one of the organization's. */
function deliveryDomain({ config }: CmdletParts, direction: Move['direction'], domain: string): string {
  const allowed = direction === 'pull' ? [config.routingDomain] : config.autoDiscover.acceptedDomains
  if (allowed.includes(domain.toLowerCase())) return domain.toLowerCase()
  throw new CmdletError(
    'notAcceptedDomain',
    `The target delivery domain '${domain}' isn't one by which the target mailbox can be reached: ${allowed.join(', ')}.`,
  )
}

function unreachable(host: string): CmdletError {
  return new CmdletError(
    'moveFailed',
    `The call to 'https://${host}/EWS/mrsproxy.svc' failed. Error details: There was no endpoint listening at that address that could accept the message.`,
  )
}

interface There {
  readonly host: string
  readonly credential: Credential
  readonly objectGuid: string
}

/** The first call tells at once whether host, credential and person are right. */
async function describedThere(runner: MoveRunner, { host, credential, objectGuid }: There): Promise<EndFacts> {
  try {
    const facts = await runner.remote(host, credential).describe(objectGuid)
    if (facts) return facts
  } catch (error) {
    throw new CmdletError('moveFailed', (error as Error).message, { cause: error })
  }
  throw new CmdletError('objectNotFound', `The remote organization has no recipient with the GUID '${objectGuid}'.`)
}

function mailboxToMove(direction: Move['direction'], recipient: Recipient, there: EndFacts): string {
  const mailboxId = direction === 'pull' ? there.mailboxId : recipient.mailboxId
  const isThereToo = direction === 'pull' ? recipient.mailboxId : there.mailboxId
  if (mailboxId !== undefined && isThereToo === undefined) return mailboxId
  throw new CmdletError(
    'moveFailed',
    direction === 'pull'
      ? `Target user '${recipient.displayName}' already has a primary mailbox, or the source user has none.`
      : `The user '${recipient.displayName}' has no mailbox to move, or has one in the target already.`,
  )
}

interface NewMove {
  readonly direction: Move['direction']
  readonly mailboxId: string
  readonly host: string
  readonly domain: string
}

function blankMove({ context }: CmdletParts, recipient: Recipient, { direction, mailboxId, host, domain }: NewMove) {
  const now = context.clock.now().getTime()
  const zeros = { position: 0, items_total: 0, items_done: 0, bytes_total: 0, bytes_done: 0, attempts: 0 }
  return {
    object_guid: recipient.objectGuid,
    mailbox_id: mailboxId,
    display_name: recipient.displayName,
    // Addresses in the routing domain begin with the alias.
    email_address: direction === 'pull' ? `${recipient.alias}@` : recipient.emailAddress,
    direction,
    status: 'Queued',
    status_detail: 'Queued',
    remote_host: host,
    target_delivery_domain: domain,
    ...zeros,
    message: '',
    started_at: now,
    seeded_at: null,
    updated_at: now,
    completed_at: null,
    bad_item_limit: 0,
    large_item_limit: 0,
    bad_items: 0,
    large_items: 0,
    quota_bytes: null,
  } as const
}

async function movesNamed(parts: CmdletParts, move: MoveParts, parameters: Parameters): Promise<readonly Move[]> {
  const { Identity, BatchName, MoveStatus } = parameters
  if (Identity !== undefined) return [await moveNamed(parts, move, Identity)]
  const all = await move.moves.list()
  return all.filter(
    ({ batch_name, status }) =>
      (BatchName === undefined || batch_name === BatchName) &&
      (MoveStatus === undefined || status.toLowerCase() === String(MoveStatus).toLowerCase()),
  )
}

async function moveNamed(parts: CmdletParts, { moves }: MoveParts, identity: Parameters[string]): Promise<Move> {
  const recipient = await recipientNamed(parts, String(identity), ['UserMailbox', 'MailUser'])
  const found = await moves.find(recipient.objectGuid)
  if (found) return found
  throw notFound(String(identity), parts.config)
}

export async function suspendMove(parts: CmdletParts, move: MoveParts, { Identity }: Parameters) {
  const { object_guid, status } = await moveNamed(parts, move, Identity)
  if (status === 'CompletionInProgress' || status === 'Completed')
    throw new CmdletError('moveFailed', `The move request can't be suspended: its status is ${status}.`)
  await move.moves.change(object_guid, { status: 'Suspended', status_detail: 'Suspended' })
  return []
}

export async function resumeMove(
  parts: CmdletParts,
  move: MoveParts,
  { Identity, SuspendWhenReadyToComplete }: Parameters,
) {
  const { object_guid, status } = await moveNamed(parts, move, Identity)
  if (status === 'Completed') throw new CmdletError('moveFailed', 'The move request is completed.')
  const suspends = Number(SuspendWhenReadyToComplete === true)
  const changes = { suspends_when_ready: suspends, attempts: 0, message: '' }
  const waits = status === 'Suspended' || status === 'AutoSuspended' || status === 'Failed'
  await move.moves.change(object_guid, { ...changes, ...(waits && { status: 'Queued', status_detail: 'Queued' }) })
  move.runner.start(object_guid)
  return []
}

/** What was copied goes with the request, unless the mailbox is being switched this moment. */
export async function removeMove(parts: CmdletParts, move: MoveParts, { Identity }: Parameters) {
  const { object_guid, status, direction, mailbox_id } = await moveNamed(parts, move, Identity)
  if (status === 'CompletionInProgress')
    throw new CmdletError('moveFailed', "The move request can't be removed while it is being completed.")
  await move.moves.remove(object_guid)
  if (status !== 'Completed' && direction === 'pull') await parts.mailboxes.removeMailbox(mailbox_id)
  return []
}

function describe(
  move: Pick<
    Move,
    | 'display_name'
    | 'object_guid'
    | 'mailbox_id'
    | 'status'
    | 'direction'
    | 'batch_name'
    | 'remote_host'
    | 'suspends_when_ready'
  >,
): ExchangeObject {
  return {
    DisplayName: move.display_name,
    Alias: move.display_name,
    Identity: move.display_name,
    Guid: move.object_guid,
    ExchangeGuid: move.mailbox_id,
    Status: move.status,
    Flags: `CrossOrg, ${move.direction === 'pull' ? 'Pull' : 'Push'}`,
    Direction: move.direction === 'pull' ? 'Pull' : 'Push',
    RequestStyle: 'CrossOrg',
    BatchName: move.batch_name,
    RemoteHostName: move.remote_host,
    SuspendWhenReadyToComplete: move.suspends_when_ready === 1,
  }
}

function statistics(move: Move, now: Date): ExchangeObject {
  const instant = (at: number | null) => (at === null ? null : new Date(at).toISOString())
  return {
    ...describe(move),
    StatusDetail: move.status_detail,
    PercentComplete: percentOf(move),
    TotalMailboxSize: sizeText(move.bytes_total),
    TotalMailboxItemCount: move.items_total,
    BadItemLimit: limitText(move.bad_item_limit),
    BadItemsEncountered: move.bad_items,
    LargeItemLimit: limitText(move.large_item_limit),
    LargeItemsEncountered: move.large_items,
    ItemsTransferred: move.items_done,
    BytesTransferred: sizeText(move.bytes_done),
    TargetDeliveryDomain: move.target_delivery_domain,
    QueuedTimestamp: instant(move.started_at),
    InitialSeedingCompletedTimestamp: instant(move.seeded_at),
    LastUpdateTimestamp: instant(move.updated_at),
    CompletionTimestamp: instant(move.completed_at),
    OverallDurationSeconds: Math.round(((move.completed_at ?? now.getTime()) - move.started_at) / 1000),
    Message: move.message === '' ? null : move.message,
  }
}

/** The last twentieth is the switch, as in the product. */
function percentOf({ status, items_done, items_total }: Move): number {
  if (status === 'Completed') return 100
  return items_total === 0 ? 0 : Math.min(Math.floor((items_done / items_total) * 95), 95)
}
