import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { BodyPreference, CollectionOptions } from '../devices/device-state.ts'
import { all, child, flagOf, numberOf, textOf } from '../elements.ts'
import { ActiveSyncError } from '../http/active-sync-error.ts'

/** Why a request cannot be answered, as a Status of Sync. */
export class SyncProblem extends Error {
  override readonly name = 'SyncProblem'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/**
 * The Options of a collection. Two blocks only go together for mail and text messages; of those, the one of mail counts.
 * @throws SyncProblem 4 for a wrong combination, and for text messages alone, 103 for a value out of range.
 */
export function readOptions(collection: WbxmlElement): CollectionOptions | undefined {
  const blocks = all(collection, 'AirSync:Options')
  if (blocks.length === 0) return undefined
  const classes = blocks.map((block) => textOf(block, 'AirSync:Class')).sort()
  if (blocks.length > 2 || (blocks.length === 2 && !isMailAndSms(classes)))
    throw new SyncProblem(4, 'only the Options of Email and SMS stand together')
  const block = blocks.find((each) => textOf(each, 'AirSync:Class') !== 'SMS')
  if (!block) throw new SyncProblem(4, 'text messages are not built: services/exchange/README.md, "Gaps"')
  return optionsOf(block)
}

function isMailAndSms(classes: readonly (string | undefined)[]): boolean {
  return classes.filter((each) => each === 'SMS').length === 1
}

function optionsOf(block: WbxmlElement): CollectionOptions {
  const filterType = numberOf(block, 'AirSync:FilterType') ?? 0
  if (!(filterType >= 0 && filterType <= 8)) throw new SyncProblem(103, `FilterType ${filterType}`)
  const mimeTruncation = numberOf(block, 'AirSync:MIMETruncation')
  return {
    filterType,
    conflict: numberOf(block, 'AirSync:Conflict') ?? 1,
    mimeSupport: numberOf(block, 'AirSync:MIMESupport') ?? 0,
    ...(mimeTruncation !== undefined && { mimeTruncation }),
    bodies: readBodyPreferences(block),
    ...readBodyPart(block),
  }
}

/** @throws SyncProblem 4 for two of a type, or elements out of order ([MS-ASAIRS] 2.2.2.12). */
export function readBodyPreferences(parent: WbxmlElement | undefined): readonly BodyPreference[] {
  const preferences = all(parent, 'AirSyncBase:BodyPreference').map(preferenceOf)
  if (new Set(preferences.map(({ type }) => type)).size < preferences.length)
    throw new SyncProblem(4, 'two body preferences have the same type')
  return preferences
}

const html = 2

/** @throws ActiveSyncError 164: a part of a conversation is HTML ([MS-ASAIRS] 2.2.2.13). */
export function readBodyPart(parent: WbxmlElement | undefined): Pick<CollectionOptions, 'bodyPart'> {
  const given = child(parent, 'AirSyncBase:BodyPartPreference')
  if (!given) return {}
  const bodyPart = preferenceOf(given)
  if (bodyPart.type === html) return { bodyPart }
  throw new ActiveSyncError('bodyPartTypeNotSupported', `BodyPartPreference of type ${bodyPart.type}`)
}

const order = ['AirSyncBase:Type', 'AirSyncBase:TruncationSize', 'AirSyncBase:AllOrNone', 'AirSyncBase:Preview']

function preferenceOf(each: WbxmlElement): BodyPreference {
  if (!isInOrder(each, order)) throw new SyncProblem(4, 'the children of BodyPreference are out of order')
  const truncationSize = numberOf(each, 'AirSyncBase:TruncationSize')
  const allOrNone = flagOf(each, 'AirSyncBase:AllOrNone')
  const preview = numberOf(each, 'AirSyncBase:Preview')
  return {
    type: numberOf(each, 'AirSyncBase:Type') ?? 1,
    ...(truncationSize !== undefined && { truncationSize }),
    ...(allOrNone !== undefined && { allOrNone }),
    ...(preview !== undefined && { preview: Math.min(255, preview) }),
  }
}

/** Whether the children that the order names come in it; others are nobody's business here. */
export function isInOrder({ children }: WbxmlElement, names: readonly string[]): boolean {
  const places = children.map(({ name }) => names.indexOf(name)).filter((place) => place >= 0)
  return places.every((place, index) => index === 0 || place >= (places[index - 1] ?? 0))
}

/** [MS-ASCMD] 2.2.3.69: how far back a client keeps mail or appointments; by day, so that the bound stands still. */
export function keptSince(filterType: number, now: Date): Date | undefined {
  const days = [undefined, 1, 3, 7, 14, 30, 90, 180][filterType]
  if (days === undefined) return filterType === 8 ? new Date(1) : undefined
  const today = Math.floor(now.getTime() / 86_400_000) * 86_400_000
  return new Date(today - days * 86_400_000)
}
