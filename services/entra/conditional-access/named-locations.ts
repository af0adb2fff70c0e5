import type { NamedLocation } from '#shared/scenario/world.ts'
import type { LocationSignal } from './signals.ts'

/** Which named locations an address lies in. */
export type LocateAddress = (address: string, country?: string) => LocationSignal

/** Address ranges are compiled once. */
export declare function addressLocator(locations: readonly NamedLocation[]): LocateAddress
