import { afterAll, beforeAll } from 'vitest'
import { startStack } from '#services/stack.ts'
import { openBrowser } from '../actors/browser.ts'
import { labOf } from '../actors/lab.ts'
import { worldOf } from '../actors/world.ts'
import { webOnlineFlow } from './web-online-flow.ts'
import type { Surroundings } from './web-onprem-flow.ts'

const open = new AsyncDisposableStack()
let surroundings: Surroundings

beforeAll(async () => {
  const world = worldOf(open.use(await startStack()))
  surroundings = { browser: open.use(await openBrowser(world)), lab: labOf(world) }
})

afterAll(() => open.disposeAsync())

webOnlineFlow(() => surroundings)
