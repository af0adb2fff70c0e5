import { z } from 'zod'
import { accountRoutes } from '../accounts/routes.ts'
import { adfsRoutes } from '../adfs/routes.ts'
import { certificateRoutes } from '../certificates/routes.ts'
import { clockRoutes } from '../clock/routes.ts'
import { registrationRoutes } from '../connect/registration-routes.ts'
import { connectRoutes } from '../connect/routes.ts'
import { deploymentRoutes } from '../deployments/routes.ts'
import { diagramRoutes } from '../diagrams/routes.ts'
import { directoryRoutes } from '../directory/routes.ts'
import { errorGuideRoutes } from '../error-guide/routes.ts'
import { mailboxRoutes } from '../exchange/mailbox-routes.ts'
import { exchangeRoutes } from '../exchange/routes.ts'
import { faultRoutes } from '../faults/routes.ts'
import { documentedFlowRoutes } from '../flows/routes.ts'
import { importRoutes } from '../import/routes.ts'
import { journalRoutes } from '../journal/routes.ts'
import { outlookMobileRoutes } from '../outlook-mobile/routes.ts'
import { parityRoutes } from '../parity/routes.ts'
import type { LabParts } from '../parts.ts'
import { passkeyRoutes } from '../phone/passkey-routes.ts'
import { phoneRoutes } from '../phone/routes.ts'
import { presetRoutes } from '../presets/routes.ts'
import { resetRoutes } from '../reset/routes.ts'
import { signInRoutes } from '../sign-ins/routes.ts'
import { snapshotRoutes } from '../snapshots/routes.ts'
import { stackRoutes } from '../stacks/routes.ts'
import { tenantRoutes } from '../tenant/routes.ts'
import { whereaboutsRoute } from '../tenant/whereabouts.ts'
import { verdictRoutes } from '../verdicts/routes.ts'
import { openApiDocument } from './openapi.ts'
import { type ApiRoute, apiRoute } from './route.ts'

/** Every operation of the JSON API. */
export function apiRoutes(parts: LabParts): readonly ApiRoute[] {
  const { manage, plans } = parts
  const routes: readonly ApiRoute[] = [
    ...resetRoutes(parts.reset),
    ...snapshotRoutes(parts.snapshots),
    ...stackRoutes(parts.worlds),
    ...clockRoutes(parts),
    ...journalRoutes(parts),
    ...diagramRoutes(parts),
    ...documentedFlowRoutes(parts.journal),
    ...phoneRoutes(manage),
    ...passkeyRoutes(manage),
    ...accountRoutes(parts),
    ...signInRoutes(manage),
    ...tenantRoutes(manage),
    whereaboutsRoute(parts),
    ...connectRoutes(parts),
    ...deploymentRoutes(manage, plans),
    ...directoryRoutes(manage),
    ...adfsRoutes(manage),
    ...certificateRoutes(manage),
    ...exchangeRoutes(manage),
    ...mailboxRoutes(manage, parts.simulator.clock),
    ...faultRoutes(parts),
    ...registrationRoutes(manage),
    ...verdictRoutes(manage),
    ...importRoutes(manage),
    ...outlookMobileRoutes(parts.simulator),
    ...presetRoutes(parts.simulator),
    ...errorGuideRoutes(parts.errorGuide),
    ...parityRoutes(),
  ]
  return [...routes, documentRoute(routes)]
}

function documentRoute(routes: readonly ApiRoute[]): ApiRoute {
  let written: ReturnType<typeof openApiDocument> | undefined
  const row: ApiRoute = apiRoute({
    method: 'GET',
    path: '/api/openapi.json',
    name: 'readOpenApiDocument',
    summary: 'This document',
    answer: z.looseObject({}),
    handle: async () => {
      written ??= openApiDocument([...routes, row])
      return written
    },
  })
  return row
}
