import type { AdfsConfig } from '../config.ts'
import { type Trust, trustOf } from '../trusts.ts'

/** AD FS as an application of its own, for a sign-in that leads nowhere else. Everybody may. */
export async function ownTrust({ displayName, identifier }: AdfsConfig): Promise<Trust> {
  const { relyingPartySchema } = await import('#shared/scenario/schema-adfs.ts')
  const settings = relyingPartySchema.parse({ name: displayName, identifiers: [identifier] })
  return trustOf({ ...settings, objectIdentifier: '00000000-0000-0000-0000-000000000000' })
}
