import { bindParameters } from './bind-parameters.ts'
import type { Cmdlet, CmdletParts, ExchangeObject } from './cmdlet.ts'
import { CmdletError } from './cmdlet-error.ts'
import { authServerCmdlets } from './cmdlets/auth-server.ts'
import { authenticationPolicyCmdlets } from './cmdlets/authentication-policy.ts'
import { automaticReplyCmdlets } from './cmdlets/automatic-replies.ts'
import { databaseCmdlets, softDeletedCmdlets } from './cmdlets/disconnected-mailboxes.ts'
import { distributionGroupCmdlets } from './cmdlets/distribution-groups.ts'
import { folderPermissionCmdlets } from './cmdlets/folder-permissions.ts'
import { mailContactCmdlets } from './cmdlets/mail-contacts.ts'
import { mailUserCmdlets } from './cmdlets/mail-users.ts'
import { mailboxPreferenceCmdlets } from './cmdlets/mailbox-preferences.ts'
import { mailboxCmdlets } from './cmdlets/mailboxes.ts'
import { messageTraceCmdlets, trackingLogCmdlets } from './cmdlets/message-trace.ts'
import { migrationCmdlets } from './cmdlets/migration-batches.ts'
import { mobileDeviceCmdlets } from './cmdlets/mobile-devices.ts'
import { mobilePolicyCmdlets } from './cmdlets/mobile-policies.ts'
import { mobileThrottlingCmdlets } from './cmdlets/mobile-throttling.ts'
import { moveRequestCmdlets } from './cmdlets/move-requests.ts'
import { onPremisesMailboxCmdlets } from './cmdlets/on-premises-mailboxes.ts'
import { onlineMailboxCmdlets } from './cmdlets/online-mailboxes.ts'
import { organizationConfigCmdlets } from './cmdlets/organization-config.ts'
import { permissionCmdlets } from './cmdlets/permissions.ts'
import { getRemoteMailbox, recipientCmdlets } from './cmdlets/recipients.ts'
import { roleGroupCmdlets } from './cmdlets/role-groups.ts'
import { setMailbox, setRemoteMailbox } from './cmdlets/set-recipient.ts'
import { smimeConfigCmdlets } from './cmdlets/smime-config.ts'
import { userPhotoCmdlets } from './cmdlets/user-photos.ts'
import { protocolDirectoryCmdlets, virtualDirectoryCmdlets } from './cmdlets/virtual-directories.ts'
import { isRehearsed, lookerFor, runTellingOfNothing } from './settings-before.ts'

/** The cmdlets of the place: authorization servers and throttling are an administrator's only on-premises. */
export function cmdletsOf({
  config,
  devices,
  move,
}: Pick<CmdletParts, 'config' | 'devices' | 'move'>): readonly Cmdlet[] {
  return [
    ...authenticationPolicyCmdlets(config.location),
    ...organizationConfigCmdlets(config.location),
    ...recipientCmdlets,
    ...mailboxCmdlets,
    setMailbox,
    ...automaticReplyCmdlets,
    ...userPhotoCmdlets,
    ...smimeConfigCmdlets,
    ...mailboxPreferenceCmdlets,
    ...roleGroupCmdlets,
    ...permissionCmdlets(config.location),
    ...folderPermissionCmdlets,
    ...mailContactCmdlets,
    ...mailUserCmdlets(config.location),
    ...distributionGroupCmdlets(config.location),
    ...mobileDeviceCmdlets(devices),
    ...mobilePolicyCmdlets,
    ...(config.location === 'onPremises'
      ? [
          ...authServerCmdlets,
          ...mobileThrottlingCmdlets,
          ...virtualDirectoryCmdlets,
          ...protocolDirectoryCmdlets,
          ...onPremisesMailboxCmdlets,
          ...databaseCmdlets,
          getRemoteMailbox,
          setRemoteMailbox,
          ...trackingLogCmdlets,
        ]
      : [...onlineMailboxCmdlets, ...softDeletedCmdlets, ...messageTraceCmdlets]),
    ...(move ? [...moveRequestCmdlets(move), ...migrationCmdlets(move)] : []),
  ]
}

/**
 * Runs a cmdlet by its name, in any case; with `-WhatIf`, only looks whether what it is about is there.
 * @throws CmdletError with PowerShell's text for an unknown cmdlet, parameter or object.
 */
export async function runCmdlet(
  parts: CmdletParts,
  name: string,
  given: Readonly<Record<string, unknown>>,
): Promise<readonly ExchangeObject[]> {
  const cmdlets = cmdletsOf(parts)
  const cmdlet = cmdlets.find((each) => each.name.toLowerCase() === name.toLowerCase())
  if (!cmdlet)
    throw new CmdletError(
      'unknownCmdlet',
      `The term '${name}' is not recognized as the name of a cmdlet, function, script file, or operable program.`,
    )
  const parameters = bindParameters(cmdlet, given)
  const look = lookerFor(cmdlet, cmdlets)
  if (isRehearsed(cmdlet, given)) {
    if (look) await look(parts, parameters)
    return []
  }
  if (!parts.warn || !look || !cmdlet.name.startsWith('Set-')) return cmdlet.run(parts, parameters)
  return runTellingOfNothing({ ...parts, warn: parts.warn }, parameters, { cmdlet, look })
}
