import type { ExchangeConfig } from '../config.ts'
import type { Folder } from '../mailbox/mailbox-store.ts'
import type { FolderLink } from '../pages/folder-list.ts'
import type { FrameView, Section } from '../pages/page-frame.ts'
import { signInEvidence } from '../pages/sign-in-evidence.ts'
import { backEndOf } from '../server-headers.ts'
import {
  calendarUrl,
  folderUrl,
  homeUrl,
  openMailboxUrl,
  ownMailboxUrl,
  peopleUrl,
  settingsUrl,
  signOffUrl,
  stylesheetUrl,
  tasksUrl,
} from '../urls.ts'
import type { Visit } from '../web-session/visit.ts'
import { childrenOf } from './folder-tree.ts'

export function frameOf(
  config: ExchangeConfig,
  { session, person, directory }: Visit,
  section: Section = 'mail',
): Omit<FrameView, 'title' | 'content'> {
  return {
    product: config.product,
    stylesheet: stylesheetUrl(directory, config.version),
    person: {
      displayName: person.displayName,
      userPrincipalName: person.userPrincipalName,
      section,
      mailUrl: homeUrl('owa'),
      calendarUrl: calendarUrl('month'),
      peopleUrl,
      tasksUrl: tasksUrl(),
      settingsUrl: settingsUrl(),
      optionsUrl: homeUrl('ecp'),
      signOffUrl: signOffUrl(directory),
      openMailboxUrl,
      opened: session === person ? undefined : { name: session.displayName, ownUrl: ownMailboxUrl },
    },
    footer: signInEvidence({
      facts: [
        ...session.evidence,
        { label: 'Mailbox', value: `${config.product}, ${session.mailboxId}` },
        { label: 'X-BEServer', value: backEndOf(config, session.mailboxId) },
      ],
    }),
  }
}

/** How a folder is named in `path`: well-known ones by their name. */
export function folderKey(folder: Folder): string {
  return folder.wellKnown ?? folder.id
}

export function folderLinks(folders: readonly Folder[], currentId: string): readonly FolderLink[] {
  const ofMail = folders.filter(({ folderClass }) => folderClass === 'mail')
  const linkOf = (folder: Folder): FolderLink => ({
    name: folder.displayName,
    url: folderUrl(folderKey(folder)),
    unreadCount: folder.unreadCount,
    current: folder.id === currentId,
    below: childrenOf(ofMail, folder.id).map(linkOf),
  })
  return childrenOf(ofMail, undefined).map(linkOf)
}
