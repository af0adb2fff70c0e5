import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

export interface Look {
  readonly colorScheme: 'light' | 'dark'
  readonly size: { readonly width: number; readonly height: number }
}

export const lightAndWide: Look = { colorScheme: 'light', size: { width: 1280, height: 800 } }
export const darkAndNarrow: Look = { colorScheme: 'dark', size: { width: 320, height: 640 } }

// Half the size of the text that the module exports, and every page reads it again.
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe-core holds against the page as it stands, look by look, and where it is wider than its window. */
export async function problemsOf(page: Page, looks: readonly Look[]): Promise<readonly string[]> {
  const problems: string[] = []
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(axe)
  for (const { colorScheme, size } of looks) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize(size)
    const found = [...(await violationsOf(page)), ...(await overflowOf(page))]
    problems.push(...found.map((problem) => `${colorScheme}, ${size.width} px: ${problem}`))
  }
  return problems
}

interface Judgement {
  readonly passes: number
  readonly violations: AxeResults['violations']
}

// To bring every node that passed out of the browser takes several times as long as to judge them.
const judge = `axe.run({ resultTypes: ['violations'] }).then(({ passes, violations }) => ({ passes: passes.length, violations }))`

async function violationsOf(page: Page): Promise<readonly string[]> {
  const { passes, violations } = await page.evaluate<Judgement>(judge)
  // A page that did not come would be without fault too.
  if (passes < 5) throw new Error(`axe-core found hardly anything to judge at ${page.url()}`)
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

async function overflowOf(page: Page): Promise<readonly string[]> {
  const width = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
  return width > 0 ? [`${width} px wider than its window`] : []
}
