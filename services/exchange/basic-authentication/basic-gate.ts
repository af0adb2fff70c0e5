import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { AuthenticatingRequest } from '../authentication/authenticating-request.ts'
import type { ExchangeConfig } from '../config.ts'
import type { Recipient, RecipientStore } from '../mailbox/mailbox-store.ts'
import { blockingPolicy, type PolicyProtocol } from '../organization/blocked-protocol.ts'
import type { OrganizationStore } from '../organization/organization-store.ts'
import { type BasicCredentials, basicCredentials } from './basic-credentials.ts'
import { BasicRefusal } from './basic-refusal.ts'
import { directoryLogon } from './directory-logon.ts'
import { entraLogon } from './entra-logon.ts'

/*
 * Name and password in a request, for every protocol that allows them.
 * Owns reading them, the authentication policies that block them before anybody else sees them, and whom to ask:
 * Entra ID or AD FS online, the directory on-premises. Whether the mailbox may use the protocol is the protocol's.
 */
export interface BasicGate {
  /**
   * Whose credentials came; undefined when the request has none.
   * @throws BasicRefusal 401 for malformed, blocked and wrong ones, 503 when nobody could be asked.
   */
  accept(request: AuthenticatingRequest, protocol: PolicyProtocol): Promise<Recipient | undefined>
}

export interface BasicParts {
  readonly context: DeploymentContext
  readonly config: ExchangeConfig
  readonly recipients: RecipientStore
  readonly organization: OrganizationStore
}

/** Somebody whose password is right, by the name that leads to the recipient. */
export type Identified = { readonly key: 'objectGuid' | 'entraObjectId'; readonly value: string }

export interface LogonAttempt {
  readonly credentials: BasicCredentials
  readonly protocol: PolicyProtocol
  readonly request: AuthenticatingRequest
}

export function basicGate(parts: BasicParts): BasicGate {
  const logon = parts.config.basicLogon.kind === 'directory' ? directoryLogon : entraLogon
  return {
    async accept(request, protocol) {
      const credentials = basicCredentials(request.headers.authorization)
      if (credentials === undefined) return undefined
      if (credentials === 'malformed') throw new BasicRefusal('malformed', 'Authorization: Basic cannot be read')
      await refuseBlocked(parts, { credentials, protocol, request })
      const { key, value } = await logon(parts, { credentials, protocol, request })
      const recipient = await parts.recipients.findRecipient(key, value)
      if (!recipient) throw new BasicRefusal('noMailbox', `${credentials.identity} is no recipient here`)
      request.recording.note({ decision: 'basicAccepted', user: recipient.userPrincipalName })
      return recipient
    },
  }
}

/** Before the password goes anywhere ("Disable Basic authentication in Exchange Online"). */
async function refuseBlocked(
  { recipients, organization, config }: BasicParts,
  { credentials: { identity }, protocol, request }: LogonAttempt,
): Promise<void> {
  const name = identity.includes('\\') ? undefined : identity
  const recipient = name && (await recipients.findRecipient('userPrincipalName', name))
  const policy = await blockingPolicy(organization, 'basic', protocol, recipient ? recipient.objectGuid : undefined)
  if (policy === undefined) return
  if (protocol === 'ActiveSync' && config.basicLogon.kind !== 'directory')
    request.recording.note({ step: 'MOBILE-ONLINE-L' })
  throw new BasicRefusal('blockedByPolicy', `authentication policy "${policy}" blocks Basic for ${protocol}`)
}
