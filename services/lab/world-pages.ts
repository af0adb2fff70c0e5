import { z } from 'zod'
import { read } from './api/route.ts'
import { actionRoute, type PageAction, type PageRoute, type Place, pageRoute } from './page-actions.ts'
import { stackTime } from './pages/stack-time.ts'
import { worldsPage } from './pages/worlds/worlds-page.ts'
import { createWorld, endWorld, listWorlds } from './stacks/routes.ts'
import { urls } from './urls.ts'

const worlds: Place = {
  address: () => urls.worlds,
  show: async (parts, _parameters, said) =>
    worldsPage({
      worlds: listWorlds(parts.worlds),
      canMakeWorlds: parts.worlds !== undefined,
      snapshots: parts.snapshots.list(),
      time: await stackTime(parts),
      ...said,
    }),
}

const nameSchema = z.object({
  name: z
    .string()
    .trim()
    .regex(/^[\w.-]{1,64}$/, 'letters, digits, dots and dashes'),
})
const scenarioSchema = z.object({ scenario: z.string().max(4_000_000).default('') })

const actions: readonly PageAction[] = [
  {
    path: urls.worlds,
    decision: 'worldMade',
    notice: 'worldMade',
    act: async (parts, _parameters, form) => {
      const { scenario } = read(scenarioSchema, form, 'form')
      await createWorld(parts.worlds, scenario.trim() === '' ? undefined : scenario)
      return undefined
    },
  },
  {
    path: '/worlds/:id/end',
    decision: 'worldEnded',
    notice: 'worldEnded',
    act: (parts, { id = '' }) => endWorld(parts.worlds, id).then(() => undefined),
  },
  {
    path: urls.snapshots,
    decision: 'snapshotTaken',
    notice: 'snapshotTaken',
    act: async (parts, _parameters, form) => {
      await parts.snapshots.take(read(nameSchema, form, 'form').name)
      return undefined
    },
  },
  {
    path: '/worlds/snapshots/:name/restore',
    decision: 'snapshotRestored',
    notice: 'snapshotRestored',
    act: async (parts, { name = '' }) => {
      await parts.snapshots.restore(name)
      return undefined
    },
  },
  {
    path: '/worlds/snapshots/:name/delete',
    decision: 'snapshotDropped',
    notice: 'snapshotDropped',
    act: (parts, { name = '' }) => parts.snapshots.drop(name).then(() => undefined),
  },
]

/** Worlds beside this one, and snapshots of it. */
export const worldPageRoutes: readonly PageRoute[] = [
  pageRoute(urls.worlds, worlds),
  ...actions.map((action) => actionRoute(action, worlds)),
]
