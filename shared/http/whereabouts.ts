/** Somebody who was put somewhere in the lab, whatever the connections say. */
export interface PersonPlace {
  /** User principal name first, then what else clients call the person: `CONTOSO\alice`. */
  readonly names: readonly string[]
  readonly address: string
}

/** Where people stand for one deployment or gateway; the lab tells all of them the same. */
export class Whereabouts {
  #people: readonly PersonPlace[] = []
  #byName = new Map<string, string>()

  get isEmpty(): boolean {
    return this.#people.length === 0
  }

  list(): readonly PersonPlace[] {
    return this.#people
  }

  replace(people: readonly PersonPlace[]): void {
    this.#people = people
    this.#byName = new Map(
      people.flatMap(({ names, address }) => names.map((name) => [name.toLowerCase(), address] as const)),
    )
  }

  /** Undefined for somebody who is where the connection comes from, and for nobody. */
  of(person: string | undefined): string | undefined {
    return person === undefined ? undefined : this.#byName.get(person.toLowerCase())
  }
}
