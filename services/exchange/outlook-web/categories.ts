import type { Settings } from '../organization/organization-store.ts'

/** A category of the master list; `preset` is its colour as [MS-OXOCFG] 2.2.5.2.1 numbers them, -1 for none. */
export interface Category {
  readonly name: string
  readonly preset: number
}

/** The names of the presets, in their order. */
export const categoryColours = [
  'Red',
  'Orange',
  'Brown',
  'Yellow',
  'Green',
  'Teal',
  'Olive',
  'Blue',
  'Purple',
  'Cranberry',
  'Steel',
  'Dark steel',
  'Gray',
  'Dark gray',
  'Black',
  'Dark red',
  'Dark orange',
  'Dark brown',
  'Dark yellow',
  'Dark green',
  'Dark teal',
  'Dark olive',
  'Dark blue',
  'Dark purple',
  'Dark cranberry',
] as const

const first = ['Red', 'Orange', 'Yellow', 'Green', 'Blue', 'Purple'] as const

/** What a mailbox has before its owner changed anything. */
const initialList: readonly Category[] = first.map((colour) => ({
  name: `${colour} category`,
  preset: categoryColours.indexOf(colour),
}))

/** Kept as texts such as `3 Yellow category`. */
export function masterListOf({ MasterCategoryList: kept }: Settings): readonly Category[] {
  if (!Array.isArray(kept)) return initialList
  return kept.flatMap((text: string) => {
    const [, preset, name] = /^(-?\d+) (.+)$/s.exec(text) ?? []
    return name === undefined ? [] : [{ name, preset: Number(preset) }]
  })
}

export function writtenList(categories: readonly Category[]): Settings {
  return { MasterCategoryList: categories.map(({ name, preset }) => `${preset} ${name}`) }
}

/** The colours of an item's categories; one that is not in the list has none. */
export function colouredBy(list: readonly Category[], names: readonly string[]): readonly Category[] {
  return names.map((name) => ({ name, preset: list.find((each) => isSame(each.name, name))?.preset ?? -1 }))
}

export function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

const longestName = 255

/** No comma or semicolon, which part the names that clients write in one line; undefined for no name. */
export function categoryName(written: unknown): string | undefined {
  const name = String(written ?? '')
    .replace(/[\p{Cc}\s,;]+/gu, ' ')
    .trim()
    .slice(0, longestName)
  return name === '' ? undefined : name
}
