import { expect, test } from 'vitest'
import { parityRows } from './parity.ts'
import { filesOf, parityServices, readParity, titlesOf } from './read-parity.ts'

test('every claim of every README names tests that exist and have titles', async () => {
  const rows = await readParity()
  const claims = rows.filter(({ kind }) => kind === 'claim')
  expect(claims.length).toBeGreaterThan(250)
  expect(claims.filter(({ witnesses }) => witnesses.length === 0).map(({ service, text }) => [service, text])).toEqual(
    [],
  )
  const patterns = [...new Set(claims.flatMap(({ witnesses }) => witnesses))]
  expect(patterns.filter((pattern) => filesOf(pattern).length === 0)).toEqual([])
  const untold = await Promise.all(
    patterns.map(async (pattern) =>
      (await titlesOf(pattern)).some(({ titles }) => titles.length > 0) ? [] : [pattern],
    ),
  )
  expect(untold.flat()).toEqual([])
})

test('every service tells what differs', async () => {
  const rows = await readParity()
  const silent = parityServices.filter(
    (service) => !rows.some((row) => row.service === service && row.kind !== 'claim'),
  )
  expect(silent).toEqual([])
})

test('reads tables of witnesses, lists of gaps and divergences; same means the row above', async () => {
  const readme = `# X\n| Claim | Witness |\n|---|---|\n| a \`b\` | \`c.test.ts\` |\n| d | same; \`e.test.ts\` |\n\n| No | Witness |\n|--|--|\n\n## Gaps\n\n- g\n\n## Divergences\n\n- h **i**\n\n## Other\n\n- j\n`
  const rows = await parityRows('x', readme, (path) => path.startsWith('services/x/'))
  expect(rows.map(({ kind, text, witnesses }) => [kind, text, witnesses])).toEqual([
    ['claim', 'a `b`', ['services/x/c.test.ts']],
    ['claim', 'd', ['services/x/c.test.ts', 'services/x/e.test.ts']],
    ['gap', 'g', []],
    ['divergence', 'h **i**', []],
  ])
})
