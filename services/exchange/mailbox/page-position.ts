/** Where a page of a folder begins: after the item of this moment and number. */
export interface PagePosition {
  readonly receivedAt: number
  readonly number: number
}

/** Before everything. */
const beginning: PagePosition = { receivedAt: Number.MAX_SAFE_INTEGER, number: 0 }

/** Reads at most `rows` of one part of a folder, the newest first. */
export interface PartReader<Row> {
  /** Of the position's moment, with smaller numbers. */
  readonly sameMoment: (position: PagePosition, rows: number) => Promise<readonly Row[]>
  readonly earlier: (position: PagePosition, rows: number) => Promise<readonly Row[]>
}

/** In two parts, each a range of the index, so that it does not count how many items arrived at the same moment. */
export async function rowsAfter<Row>(
  before: string | undefined,
  rows: number,
  { sameMoment, earlier }: PartReader<Row>,
): Promise<readonly Row[]> {
  const position = before === undefined ? undefined : positionOf(before)
  if (!position) return earlier(beginning, rows)
  const first = await sameMoment(position, rows)
  return first.length < rows ? [...first, ...(await earlier(position, rows - first.length))] : first
}

/** A cursor that is none starts at the first page. */
function positionOf(before: string): PagePosition | undefined {
  const parts = /^(-?\d{1,15})\.(\d{1,15})$/.exec(before)
  return parts ? { receivedAt: Number(parts[1]), number: Number(parts[2]) } : undefined
}

export function cursorOf(last: { readonly received_at: number; readonly number: number }): string {
  return `${last.received_at}.${last.number}`
}
