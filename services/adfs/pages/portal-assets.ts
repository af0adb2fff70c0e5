import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'

export interface PortalAsset {
  readonly path: string
  readonly type: string
  readonly content: Buffer
  /** With the hash that lets browsers keep it. */
  readonly url: string
}

export interface PortalAssets {
  readonly stylesheet: PortalAsset
  readonly script: PortalAsset
}

/** The theme, as files beside the pages. */
export async function readPortalAssets(): Promise<PortalAssets> {
  const [stylesheet, script] = await Promise.all([
    readAsset('style.css', '/adfs/portal/css/style.css', 'text/css; charset=utf-8'),
    readAsset('onload.js', '/adfs/portal/script/onload.js', 'text/javascript; charset=utf-8'),
  ])
  return { stylesheet, script }
}

async function readAsset(file: string, path: string, type: string): Promise<PortalAsset> {
  const content = await readFile(new URL(file, import.meta.url))
  const id = createHash('sha256').update(content).digest('hex').toUpperCase()
  return { path, type, content, url: `${path}?id=${id}` }
}
