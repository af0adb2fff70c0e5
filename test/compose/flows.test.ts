import { afterAll, beforeAll } from 'vitest'
import { openBrowser } from '../actors/browser.ts'
import { labOf } from '../actors/lab.ts'
import { publishedWorld } from '../actors/world.ts'
import { webOnlineFlow } from '../scenarios/web-online-flow.ts'
import { type Surroundings, webOnPremFlow } from '../scenarios/web-onprem-flow.ts'

const open = new AsyncDisposableStack()
let surroundings: Surroundings

beforeAll(async () => {
  const world = publishedWorld(process.env)
  surroundings = { browser: open.use(await openBrowser(world)), lab: labOf(world) }
  await surroundings.lab.reset()
})

afterAll(() => open.disposeAsync())

webOnPremFlow(() => surroundings)
webOnlineFlow(() => surroundings)
