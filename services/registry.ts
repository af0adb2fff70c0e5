import type { BuildService } from '#shared/stack/deployment.ts'

/** Every service by the name of its folder, imported on first use. */
export const services: Readonly<Record<string, () => Promise<BuildService>>> = {
  adfs: async () => (await import('./adfs/service.ts')).buildAdfs,
  autodetect: async () => (await import('./autodetect/service.ts')).buildAutodetect,
  directory: async () => (await import('./directory/service.ts')).buildDirectory,
  entra: async () => (await import('./entra/service.ts')).buildEntra,
  exchange: async () => (await import('./exchange/service.ts')).buildExchange,
  lab: async () => (await import('./lab/service.ts')).buildLab,
  wap: async () => (await import('./wap/service.ts')).buildWap,
}
