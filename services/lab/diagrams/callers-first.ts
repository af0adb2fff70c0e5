import type { StitchedEvent } from '../journal/stitch.ts'

interface PlacedEvent {
  readonly event: StitchedEvent
  /** How many callers of the same flow stand above it. */
  readonly depth: number
}

/** A caller's answer is recorded after those of its calls; people read it the other way round. */
export function callersFirst(events: readonly StitchedEvent[]): readonly PlacedEvent[] {
  const ids = new Set(events.map((event) => event.id))
  const calls = Map.groupBy(events, ({ parent, id }) =>
    parent !== id && parent && ids.has(parent) ? parent : undefined,
  )
  const place = (event: StitchedEvent, depth: number): readonly PlacedEvent[] => [
    { event, depth },
    ...(calls.get(event.id) ?? []).flatMap((call) => place(call, depth + 1)),
  ]
  return (calls.get(undefined) ?? []).flatMap((event) => place(event, 0))
}
