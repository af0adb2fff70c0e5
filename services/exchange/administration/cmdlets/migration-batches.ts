import type { Move } from '../../mailbox-moves/move-store.ts'
import type { Cmdlet, CmdletParts, Credential, ExchangeObject, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import {
  type BatchUser,
  batchNamed,
  endPointNamed,
  keepBatch,
  keepEndPoint,
  listBatches,
  listEndPoints,
  type MigrationBatch,
  removeBatch,
  removeEndPoint,
} from '../migration-settings.ts'
import { type MoveParts, newMove, removeMove, resumeMove, suspendMove } from './move-requests.ts'
import { recipientNamed } from './recipient-named.ts'

const identity = { Identity: 'identity' } as const
const mandatory = ['Identity'] as const

/** Many moves under one name ("Manage migration batches in Exchange Online"); each user's is a move request. */
export function migrationCmdlets(move: MoveParts): readonly Cmdlet[] {
  return [
    {
      name: 'New-MigrationEndpoint',
      parameters: {
        Name: 'identity',
        ExchangeRemoteMove: 'switch',
        RemoteServer: 'identity',
        Credentials: 'credential',
      },
      mandatory: ['Name', 'ExchangeRemoteMove', 'RemoteServer', 'Credentials'],
      run: (parts, parameters) => newEndPoint(parts, move, parameters),
    },
    {
      name: 'Get-MigrationEndpoint',
      parameters: identity,
      run: async (parts, { Identity }) =>
        (Identity === undefined ? await listEndPoints(parts) : [await endPointNamed(parts, String(Identity))]).map(
          ({ name, host }) => ({ Identity: name, EndpointType: 'ExchangeRemoteMove', RemoteServer: host }),
        ),
    },
    {
      name: 'Remove-MigrationEndpoint',
      parameters: identity,
      mandatory,
      run: async (parts, { Identity }) => {
        await removeEndPoint(parts, (await endPointNamed(parts, String(Identity))).name)
        return []
      },
    },
    {
      name: 'New-MigrationBatch',
      parameters: {
        Name: 'identity',
        SourceEndpoint: 'identity',
        TargetEndpoint: 'identity',
        TargetDeliveryDomain: 'identity',
        CSVData: 'text',
        UserIds: 'texts',
        AutoStart: 'switch',
        AutoComplete: 'switch',
        BadItemLimit: 'number',
        LargeItemLimit: 'number',
      },
      mandatory: ['Name', 'TargetDeliveryDomain'],
      run: (parts, parameters) => newBatch(parts, move, parameters),
    },
    ...batchCmdlets(move),
  ]
}

function batchCmdlets(move: MoveParts): readonly Cmdlet[] {
  return [
    {
      name: 'Get-MigrationBatch',
      parameters: identity,
      run: async (parts, { Identity }) => {
        const batches = Identity === undefined ? await listBatches(parts) : [await batchNamed(parts, String(Identity))]
        return Promise.all(batches.map((batch) => describe(move, batch)))
      },
    },
    {
      name: 'Get-MigrationUser',
      parameters: { ...identity, BatchId: 'identity' },
      run: (parts, parameters) => getUsers(parts, move, parameters),
    },
    { name: 'Start-MigrationBatch', parameters: identity, mandatory, run: (parts, given) => start(parts, move, given) },
    {
      name: 'Stop-MigrationBatch',
      parameters: identity,
      mandatory,
      run: (parts, { Identity }) =>
        eachMove(parts, move, Identity, async ({ object_guid, status }) => {
          if (status === 'Queued' || status === 'InProgress' || status === 'AutoSuspended')
            await suspendMove(parts, move, { Identity: object_guid })
        }),
    },
    {
      name: 'Complete-MigrationBatch',
      parameters: identity,
      mandatory,
      run: (parts, { Identity }) =>
        eachMove(parts, move, Identity, async ({ object_guid, status }) => {
          if (status !== 'Completed') await resumeMove(parts, move, { Identity: object_guid })
        }),
    },
    {
      name: 'Remove-MigrationBatch',
      parameters: identity,
      mandatory,
      run: async (parts, { Identity }) => {
        await eachMove(parts, move, Identity, ({ object_guid }) => removeMove(parts, move, { Identity: object_guid }))
        await removeBatch(parts, (await batchNamed(parts, String(Identity))).name)
        return []
      },
    },
  ]
}

/** The credential is tried at once: a person whom nobody has is asked about. */
async function newEndPoint(parts: CmdletParts, { runner }: MoveParts, parameters: Parameters) {
  const [name, host] = [String(parameters.Name), String(parameters.RemoteServer).toLowerCase()]
  const credential = parameters.Credentials as Credential
  try {
    if (host !== parts.config.mail.otherHost) throw new Error(`There was no endpoint listening at '${host}'.`)
    await runner.remote(host, credential).describe(parts.context.random.uuid())
  } catch (error) {
    throw new CmdletError(
      'moveFailed',
      `The connection to the server '${host}' could not be completed. ${(error as Error).message}`,
      {
        cause: error,
      },
    )
  }
  await keepEndPoint(parts, { name, host, credential: await runner.sealed(credential) })
  return [{ Identity: name, EndpointType: 'ExchangeRemoteMove', RemoteServer: host }]
}

async function newBatch(
  parts: CmdletParts,
  move: MoveParts,
  parameters: Parameters,
): Promise<readonly ExchangeObject[]> {
  const {
    Name,
    SourceEndpoint,
    TargetEndpoint,
    TargetDeliveryDomain,
    BadItemLimit = 0,
    LargeItemLimit = 0,
  } = parameters
  if ((SourceEndpoint === undefined) === (TargetEndpoint === undefined))
    throw new CmdletError(
      'badParameter',
      'Parameter set cannot be resolved: use either SourceEndpoint or TargetEndpoint.',
    )
  const endPoint = await endPointNamed(parts, String(SourceEndpoint ?? TargetEndpoint))
  const users = await usersIn(parts, parameters)
  const batch: MigrationBatch = {
    name: String(Name),
    endPoint: endPoint.name,
    direction: SourceEndpoint === undefined ? 'push' : 'pull',
    domain: String(TargetDeliveryDomain),
    users,
    autoComplete: parameters.AutoComplete === true,
    limits: { BadItemLimit: BadItemLimit as number | string, LargeItemLimit: LargeItemLimit as number | string },
    createdAt: parts.context.clock.now().toISOString(),
    started: false,
  }
  if ((await listBatches(parts)).some(({ name }) => name.toLowerCase() === batch.name.toLowerCase()))
    throw new CmdletError('objectExists', `A migration batch with the name '${batch.name}' already exists.`)
  await keepBatch(parts, batch)
  if (parameters.AutoStart === true) await start(parts, move, { Identity: batch.name })
  return [await describe(move, await batchNamed(parts, batch.name))]
}

/** Of a CSV file with a column EmailAddress, as text or as the bytes that the module sends, or of a list. */
async function usersIn(parts: CmdletParts, { CSVData, UserIds }: Parameters): Promise<readonly BatchUser[]> {
  const names = Array.isArray(UserIds) ? (UserIds as readonly string[]) : csvAddresses(String(CSVData ?? ''))
  if (names.length === 0)
    throw new CmdletError(
      'badValue',
      'The migration batch has no users: give CSVData with a column EmailAddress, or UserIds.',
    )
  return Promise.all(
    names.map(async (name) => {
      const { objectGuid, emailAddress } = await recipientNamed(parts, name, ['UserMailbox', 'MailUser'])
      return { objectGuid, emailAddress }
    }),
  )
}

function csvAddresses(data: string): readonly string[] {
  const text = /^[A-Za-z0-9+/=\s]+$/.test(data) ? Buffer.from(data, 'base64').toString() : data
  const [head = '', ...lines] = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
  const cells = (line: string) => line.split(',').map((cell) => cell.trim().replace(/^"|"$/g, ''))
  const column = cells(head).findIndex((cell) => cell.toLowerCase() === 'emailaddress')
  return column < 0 ? [] : lines.flatMap((line) => cells(line)[column] || [])
}

/** A user whose move cannot begin is told of by Get-MigrationUser; the others go on. */
async function start(parts: CmdletParts, move: MoveParts, { Identity }: Parameters) {
  const batch = await batchNamed(parts, String(Identity))
  const { host, credential } = await endPointNamed(parts, batch.endPoint)
  const RemoteCredential = await move.runner.opened(credential)
  const users: BatchUser[] = []
  for (const user of batch.users) {
    const known = await move.moves.find(user.objectGuid)
    if (known?.batch_name === batch.name) {
      if (known.status === 'Suspended' || known.status === 'Failed')
        await resumeMove(parts, move, { Identity: user.objectGuid, SuspendWhenReadyToComplete: !batch.autoComplete })
      users.push({ objectGuid: user.objectGuid, emailAddress: user.emailAddress })
      continue
    }
    const request = {
      Identity: user.objectGuid,
      ...(batch.direction === 'pull' ? { Remote: true } : { Outbound: true }),
      RemoteHostName: host,
      RemoteCredential,
      TargetDeliveryDomain: batch.domain,
      BatchName: batch.name,
      SuspendWhenReadyToComplete: !batch.autoComplete,
      ...batch.limits,
    }
    const error = await newMove(parts, move, request).then(() => undefined, asMessage)
    users.push({ objectGuid: user.objectGuid, emailAddress: user.emailAddress, ...(error !== undefined && { error }) })
  }
  await keepBatch(parts, { ...batch, users, started: true })
  return []
}

function asMessage(error: unknown): string {
  if (error instanceof CmdletError) return error.message
  throw error
}

async function eachMove(
  parts: CmdletParts,
  { moves }: MoveParts,
  identity: Parameters[string],
  work: (move: Move) => Promise<unknown>,
): Promise<readonly ExchangeObject[]> {
  const { name } = await batchNamed(parts, String(identity))
  for (const each of await moves.list()) if (each.batch_name === name) await work(each)
  return []
}

const userStatuses: Readonly<Record<Move['status'], string>> = {
  Queued: 'Queued',
  InProgress: 'Syncing',
  AutoSuspended: 'Synced',
  Suspended: 'Stopped',
  CompletionInProgress: 'Completing',
  Completed: 'Completed',
  Failed: 'Failed',
}

async function usersOf({ moves }: MoveParts, batch: MigrationBatch) {
  return Promise.all(
    batch.users.map(async (user) => {
      const found = await moves.find(user.objectGuid)
      return describeUser(batch, user, found?.batch_name === batch.name ? found : undefined)
    }),
  )
}

function describeUser(batch: MigrationBatch, { objectGuid, emailAddress, error }: BatchUser, own: Move | undefined) {
  const { status, message, items_done, bad_items, large_items } = own ?? noMove
  const waiting = error === undefined ? 'Validating' : 'Failed'
  return {
    Identity: emailAddress,
    MailboxEmailAddress: emailAddress,
    Guid: objectGuid,
    BatchId: batch.name,
    Status: batch.started ? (status ? userStatuses[status] : waiting) : 'Created',
    ErrorSummary: error ?? (message || null),
    SyncedItemCount: items_done,
    SkippedItemCount: bad_items + large_items,
  }
}

const noMove = { status: undefined, message: '', items_done: 0, bad_items: 0, large_items: 0 }

async function getUsers(parts: CmdletParts, move: MoveParts, { Identity, BatchId }: Parameters) {
  const batches = BatchId === undefined ? await listBatches(parts) : [await batchNamed(parts, String(BatchId))]
  const users = (await Promise.all(batches.map((batch) => usersOf(move, batch)))).flat()
  if (Identity === undefined) return users
  const { objectGuid } = await recipientNamed(parts, String(Identity), ['UserMailbox', 'MailUser'])
  return users.filter(({ Guid }) => Guid === objectGuid)
}

async function describe(move: MoveParts, batch: MigrationBatch): Promise<ExchangeObject> {
  const statuses = (await usersOf(move, batch)).map(({ Status }) => Status)
  const count = (...wanted: readonly string[]) => statuses.filter((status) => wanted.includes(status)).length
  return {
    Identity: batch.name,
    Status: batchStatus(batch, statuses),
    MigrationType: 'ExchangeRemoteMove',
    BatchDirection: batch.direction === 'pull' ? 'Onboarding' : 'Offboarding',
    TargetDeliveryDomain: batch.domain,
    TotalCount: statuses.length,
    SyncedCount: count('Synced'),
    FinalizedCount: count('Completed'),
    FailedCount: count('Failed'),
    StoppedCount: count('Stopped'),
    CreationDateTime: batch.createdAt,
  }
}

/** The status of the slowest user; those who failed are told of once the others are through. */
export function batchStatus({ started }: Pick<MigrationBatch, 'started'>, statuses: readonly string[]): string {
  if (!started) return 'Created'
  const others = statuses.filter((status) => status !== 'Failed')
  const errors = others.length < statuses.length ? 'WithErrors' : ''
  if (others.length === 0) return 'Failed'
  const order = ['Validating', 'Queued', 'Syncing', 'Stopped', 'Completing', 'Synced', 'Completed']
  const slowest = order.find((status) => others.includes(status)) ?? 'Syncing'
  if (slowest === 'Synced' || slowest === 'Completed') return `${slowest}${errors}`
  return slowest === 'Validating' || slowest === 'Queued' ? 'Syncing' : slowest
}
