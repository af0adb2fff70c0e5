import { runCmdlet } from '../administration/run-cmdlet.ts'
import { mayRun } from '../organization/role-groups.ts'
import { frameOf } from '../outlook-web/frame.ts'
import type { PanelSection, PanelView } from '../pages/panel-page.ts'
import type { Visit, WebParts } from '../web-session/visit.ts'
import { contactPages } from './contact-pages.ts'
import { groupPages } from './group-pages.ts'
import { mailFlowPages } from './mail-flow-pages.ts'
import { mailboxLifePages } from './mailbox-life-pages.ts'
import { mobilePages } from './mobile-pages.ts'
import { organizationPages } from './organization-pages.ts'
import { commandLogPath, commandUrl, type PanelLook, type PanelPage } from './panel-page-list.ts'
import { permittedBlocks, requireRole } from './panel-roles.ts'
import { recipientPages } from './recipient-pages.ts'

const pages: readonly PanelPage[] = [
  ...recipientPages,
  ...mailboxLifePages,
  ...groupPages,
  ...contactPages,
  ...mobilePages,
  ...organizationPages,
  ...mailFlowPages,
]
const logSetting = 'ControlPanelCommands'
const longestLog = 50

/** In any case of its letters; nothing where the place has no such page. */
export function findPanelPage({ config }: WebParts, path: string): PanelPage | undefined {
  return pagesOf(config.location).find((page) => page.path.toLowerCase() === path.toLowerCase())
}

function pagesOf(location: 'online' | 'onPremises'): readonly PanelPage[] {
  return pages.filter(({ onlyIn }) => onlyIn === undefined || onlyIn === location)
}

/**
 * The page as it is at `url`, a path with its query, with what the person's role groups may see and do.
 * @throws CmdletError when what it shows is not there; ExchangeError notAdministrator for whom it is not.
 */
export async function panelViewOf(parts: WebParts, visit: Visit, page: PanelPage, url: string): Promise<PanelView> {
  const groups = await requireRole(parts, visit, page.needs)
  const query = Object.fromEntries(new URL(url, 'https://panel').searchParams)
  const { ran: justRan, ...asked } = query
  const returnTo = `${page.path}${Object.keys(asked).length > 0 ? `?${new URLSearchParams(asked)}` : ''}`
  const may = (name: string) => mayRun(groups, name)
  const run: PanelLook['run'] = async (name, given = {}) => (may(name) ? runCmdlet(parts, name, given) : [])
  const blocks = await page.build({ query: asked, location: parts.config.location, run, may })
  return {
    ...frameOf(parts.config, visit, 'options'),
    brand: 'Exchange admin center',
    title: page.name,
    sections: sectionsOf(parts.config.location, page.path, groups),
    blocks: permittedBlocks(groups, blocks),
    action: commandUrl,
    returnTo,
    canary: visit.canary,
    ...(justRan === '1' && { ran: (await commandsOf(parts, visit)).at(0)?.replace(/^\S+ /, '') }),
  }
}

export function sectionsOf(
  location: 'online' | 'onPremises',
  current: string,
  groups: readonly string[],
): readonly PanelSection[] {
  const shown = pagesOf(location).filter(({ section, needs }) => section !== undefined && mayRun(groups, needs))
  const names = [...new Set(shown.map(({ section = '' }) => section))]
  const sections = names.map((name) => ({
    name,
    pages: shown
      .filter(({ section }) => section === name)
      .map((page) => ({ name: page.name, url: page.path, current: page.path === current })),
  }))
  const log = { name: 'Command log', url: commandLogPath, current: current === commandLogPath }
  return [...sections, { name: 'Help', pages: [log] }]
}

/** What an administrator had run here, the newest first: the moment, a blank, and the cmdlet. */
export async function commandsOf({ organization }: WebParts, { session }: Visit): Promise<readonly string[]> {
  const kept = (await organization.recipientSettings(session.objectGuid))[logSetting]
  return Array.isArray(kept) ? (kept as readonly string[]) : []
}

export async function logCommand(parts: WebParts, visit: Visit, text: string): Promise<void> {
  const line = `${parts.context.clock.now().toISOString()} ${text}`
  const lines = [line, ...(await commandsOf(parts, visit))].slice(0, longestLog)
  await parts.organization.changeRecipientSettings(visit.session.objectGuid, { [logSetting]: lines })
}
