import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface Machine {
  readonly platform: NodeJS.Platform
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly exists?: (path: string) => boolean
}

const names: Readonly<Record<string, readonly string[]>> = {
  linux: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'brave-browser'],
  win32: [],
}

const places: Readonly<Record<string, readonly string[]>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
}

/** A Chromium-family browser of the machine, `CHROME_PATH` first; undefined when there is none. */
export function findBrowser({ platform, environment, exists = existsSync }: Machine): string | undefined {
  const folders = (environment.PATH ?? '').split(delimiter).filter(Boolean)
  const onPath = (names[platform] ?? []).flatMap((name) => folders.map((folder) => join(folder, name)))
  const candidates = [environment.CHROME_PATH, ...onPath, ...(places[platform] ?? [])]
  return candidates.find((path): path is string => path !== undefined && path !== '' && exists(path))
}
