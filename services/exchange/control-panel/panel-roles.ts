import { ExchangeError } from '../errors.ts'
import { mayRun, roleGroupsOfMember } from '../organization/role-groups.ts'
import type { PanelBlock, PanelButton, PanelCell } from '../pages/panel-page.ts'
import type { Visit, WebParts } from '../web-session/visit.ts'
import { panelCommands } from './panel-commands.ts'

/** The role groups of the person; nothing for whoever manages nothing. */
export function roleGroupsOf({ organization, context }: WebParts, { session }: Visit): Promise<readonly string[]> {
  return roleGroupsOfMember(organization, context.scenario, session.objectGuid)
}

/** @throws ExchangeError notAdministrator for whoever may not see these pages, or not run the cmdlet behind one. */
export async function requireRole(parts: WebParts, visit: Visit, cmdlet?: string): Promise<readonly string[]> {
  const groups = await roleGroupsOf(parts, visit)
  const name = visit.session.userPrincipalName
  if (groups.length === 0) throw new ExchangeError('notAdministrator', `${name} is in no role group`)
  if (cmdlet === undefined || mayRun(groups, cmdlet)) return groups
  throw new ExchangeError('notAdministrator', `${name} is in ${groups.join(', ')}, which may not run ${cmdlet}`)
}

/** Without the forms and buttons whose cmdlets the role groups lack, as the panel trims its pages by roles. */
export function permittedBlocks(groups: readonly string[], blocks: readonly PanelBlock[]): readonly PanelBlock[] {
  return blocks.flatMap((block): readonly PanelBlock[] => {
    if (block.kind === 'form') return mayRun(groups, block.cmdlet) ? [block] : []
    if (block.kind === 'table')
      return [{ ...block, rows: block.rows.map((row) => row.map((cell) => trimmed(groups, cell))) }]
    if (block.kind !== 'actions') return [block]
    const buttons = permittedButtons(groups, block.buttons)
    return buttons.length > 0 ? [{ ...block, buttons }] : []
  })
}

function trimmed(groups: readonly string[], cell: PanelCell): PanelCell {
  if (typeof cell === 'string' || 'url' in cell) return cell
  const buttons = permittedButtons(groups, cell.buttons)
  return buttons.length > 0 ? { buttons } : '–'
}

function permittedButtons(groups: readonly string[], buttons: readonly PanelButton[]): readonly PanelButton[] {
  return buttons.filter(({ form }) => mayRun(groups, panelCommands[form]?.cmdlet ?? ''))
}
