import { z } from 'zod'
import { pageTextsSchema } from '#shared/scenario/schema-adfs-content.ts'
import { changeTrust, readFarmRules, readTrust, type WebContent } from './adfs/administration.ts'
import { tellFarm } from './adfs/farm.ts'
import { read } from './api/route.ts'
import { directoryPath as path } from './directory/active-directory.ts'
import { LabError } from './errors.ts'
import type { PageAction } from './page-actions.ts'
import type { Manage } from './peers/ask.ts'

/** Whose texts a page changes: the farm's or an application's, for everybody or for a language. */
export interface ContentScope {
  readonly trust: string
  readonly locale: string
}

export const wholeFarm = 'farm'
export const everybody = 'everybody'

export async function readWebContent(manage: Manage, trust: string): Promise<WebContent> {
  if (trust === wholeFarm) return (await readFarmRules(manage)).webContent
  return (await readTrust(manage, trust)).webContent ?? {}
}

const textsForm = z
  .record(z.string(), z.string())
  .transform((texts) => Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== '')))
  .pipe(pageTextsSchema)

export const webContentActions: readonly PageAction[] = [
  {
    path: '/federation/web-content/:trust/:locale',
    decision: 'changeWebContent',
    notice: 'webContentChanged',
    act: async ({ manage }, { trust = wholeFarm, locale = everybody }, form) => {
      const { locales = {}, ...before } = await readWebContent(manage, trust)
      const texts = read(textsForm, form, 'form')
      const webContent =
        locale === everybody ? { ...texts, locales } : { ...before, locales: { ...locales, [locale]: texts } }
      if (trust === wholeFarm) return tellFarm(manage, 'PATCH', '/rules', { webContent })
      return void (await changeTrust(manage, trust, { webContent }))
    },
  },
]

export const webThemeActions: readonly PageAction[] = [
  {
    path: '/federation/web-theme/:part',
    decision: 'changeWebTheme',
    notice: 'webContentChanged',
    act: ({ manage }, { part = '' }, form) => {
      const { image } = z.object({ image: z.instanceof(Buffer).optional() }).parse(form)
      if (!image) throw new LabError('invalidRequest', { message: 'Choose a picture first.' })
      return tellFarm(manage, 'PUT', path`/web-theme/${part}`, { image: image.toString('base64') })
    },
  },
  {
    path: '/federation/web-theme/:part/remove',
    decision: 'removeWebTheme',
    notice: 'webContentChanged',
    act: ({ manage }, { part = '' }) => tellFarm(manage, 'DELETE', path`/web-theme/${part}`),
  },
]
