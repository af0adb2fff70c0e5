import { beforeAll, inject } from 'vitest'
import { createDatabase } from '#test/postgres/server.ts'
import { storeConformance } from '../conformance.ts'

let url = ''
let places = 0

beforeAll(async () => {
  url = await createDatabase(inject('postgres'), 'library')
})

storeConformance({
  name: 'PostgreSQL',
  durable: true,
  newPlace: () => {
    places += 1
    return { kind: 'postgres', url, schema: `library_${places}` }
  },
})
