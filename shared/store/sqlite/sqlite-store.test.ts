import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { storeConformance } from '../conformance.ts'

const directory = mkdtempSync(join(tmpdir(), 'fauxchange-store-'))
let places = 0

afterAll(() => rmSync(directory, { recursive: true }))

storeConformance({ name: 'memory', durable: false, newPlace: () => ({ kind: 'memory' }) })

storeConformance({
  name: 'a folder',
  durable: true,
  newPlace: () => {
    places += 1
    return { kind: 'folder', directory, name: `library-${places}` }
  },
})
