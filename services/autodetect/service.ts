import { Gap } from '#shared/errors.ts'
import type { Deployment, DeploymentContext } from '#shared/stack/deployment.ts'

/** Outlook mobile's AutoDetect. It listens under its name and says that detection is a gap. */
export async function buildAutodetect(context: DeploymentContext): Promise<Deployment> {
  const app = context.createApplication()
  for (const path of ['/detect', '/autodetect/detect']) {
    app.get(path, async () => {
      throw new Gap('AutoDetect', 'services/autodetect/README.md')
    })
  }
  return { app, reset: async () => {} }
}
