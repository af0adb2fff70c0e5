import type { SettingsFrame } from '../../pages/settings-page.ts'
import { homeUrl, settingsActionUrl, settingsUrl } from '../../urls.ts'
import type { Visit, WebParts } from '../../web-session/visit.ts'
import { frameOf } from '../frame.ts'

const names = {
  automaticreply: 'Automatic replies',
  regional: 'Region and calendar',
  messages: 'Signature and messages',
  categories: 'Categories',
  mobiledevices: 'Mobile devices',
} as const

export type SettingsPageName = keyof typeof names

/** The pages of the person's own settings, for the control panel. */
export const ownSettings = Object.entries(names).map(([key, name]) => ({ name, url: settingsUrl(key) }))

/** What is around each page of the settings. */
export function settingsFrame({ config }: WebParts, visit: Visit, current: SettingsPageName): SettingsFrame {
  const isOwn = visit.session === visit.person
  const shown = Object.entries(names).filter(([key]) => isOwn || key !== 'mobiledevices')
  const pages = shown.map(([key, name]) => ({ name, url: settingsUrl(key), current: key === current }))
  return {
    ...frameOf(config, visit, 'settings'),
    pages: [...pages, ...(isOwn ? [{ name: 'Account', url: homeUrl('ecp'), current: false }] : [])],
    action: settingsActionUrl,
    canary: visit.canary,
  }
}
