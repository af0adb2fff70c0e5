import type { DeploymentContext, LateDeployment } from '#shared/stack/deployment.ts'
import { labParts } from './parts.ts'

/** The lab bench beside the world: everything that the real products do not have. It keeps nothing; it asks. */
export async function buildLab(context: DeploymentContext): Promise<LateDeployment> {
  const parts = labParts(context)
  const app = async () => (await import('./application.ts')).labApplication(context, parts)
  const { journal, simulator } = parts
  const forget = async () => {
    journal.forget()
    simulator.walks.clear()
  }
  return {
    app,
    errors: async () => (await import('./error-guide/lab-errors.ts')).labErrors(),
    reset: forget,
    resume: forget,
    [Symbol.asyncDispose]: () => simulator.world[Symbol.asyncDispose](),
  }
}
