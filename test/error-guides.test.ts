import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { adfsErrors } from '#services/adfs/error-guide.ts'
import { directoryErrors } from '#services/directory/error-guide.ts'
import { entraErrors } from '#services/entra/error-guide/guide.ts'
import { signInAdvice } from '#services/entra/error-guide/sign-in-advice.ts'
import { exchangeErrors } from '#services/exchange/error-guide/guide.ts'
import { gatewayErrors } from '#services/gateway/error-guide.ts'
import { anchorOf } from '#services/lab/error-guide/error-guide.ts'
import { labErrors } from '#services/lab/error-guide/lab-errors.ts'
import { wapErrors } from '#services/wap/error-guide.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

const guides = {
  entra: entraErrors(),
  adfs: adfsErrors(),
  wap: wapErrors(),
  directory: directoryErrors(),
  exchange: exchangeErrors(),
  gateway: gatewayErrors(),
  lab: labErrors(),
}

const sources = globSync('services/*/**/*.ts', { cwd: root })
  .filter((path) => !/\.test\.ts$|\/_[^/]+\.ts$|error-guide/.test(path))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

/** The tables that errors are thrown by, with the keys of their rows. */
const catalogues = sources.flatMap(({ path, text }) => {
  const table =
    /const (?:catalogue|statuses|codes|facts|domainErrorFacts)(?:: [^=]+)? = \{\n([\s\S]*?)\n\} as const/.exec(text)
  const raises =
    /class \w+ extends ProtocolError|class SmtpRefusal|GraphError\(/.test(text) || path.endsWith('error-catalogue.ts')
  if (!table || !raises) return []
  return [
    { path, body: table[0], keys: [...(table[1] ?? '').matchAll(/^ {2}(\w+):/gm)].map((match) => match[1] ?? '') },
  ]
})

describe('the guide to errors', () => {
  test('has every row of every table that errors are thrown by, once', () => {
    const rows = catalogues.reduce((sum, { keys }) => sum + keys.length, 0)
    expect(catalogues.length).toBeGreaterThan(18)
    const entries = Object.values(guides).flat()
    // Statuses of logons, single classes and what all deployments share are in no such table.
    expect(entries.length).toBeGreaterThanOrEqual(rows)
    expect(rows).toBeGreaterThan(380)
  })

  test('has every class with a code of its own', () => {
    const own = sources.flatMap(({ path, text }) =>
      [...text.matchAll(/^ {2}readonly code = '(\w+)'/gm)].map((match) => ({ path, code: match[1] ?? '' })),
    )
    expect(own.length).toBeGreaterThan(8)
    const known = (path: string) => {
      const service = path.split('/')[1] as keyof typeof guides
      return [...guides[service], ...guides.lab].map(({ journal }) => journal)
    }
    expect(own.filter(({ path, code }) => !known(path).includes(code))).toEqual([])
  })

  test('has no entry that nothing throws', () => {
    const forced = Object.entries(signInAdvice).filter(([, [cause]]) => cause.startsWith('Answered only when'))
    const dead = catalogues.flatMap(({ path, body, keys }) => {
      const service = path.split('/').slice(0, 2).join('/')
      const text = sources
        .filter((each) => each.path.startsWith(`${service}/`))
        .map((each) => (each.path === path ? each.text.replace(body, '') : each.text))
        .join('\n')
      const number = (key: string) => new RegExp(`^ {2}${key}:[^}]*?aadsts: (\\d+)`, 'm').exec(body)?.[1] ?? 'none'
      return keys.filter((key) => !new RegExp(`['"\`]${key}['"\`]|\\.${key}\\b|\\b${number(key)}\\b`).test(text))
    })
    expect(dead.filter((key) => !forced.some(([each]) => each === key))).toEqual([])
    expect(forced.length).toBeLessThan(12)
  })

  test('says what each comes of and what mends it, at an address of its own', () => {
    for (const [service, entries] of Object.entries(guides))
      for (const { code, cause, fix, message } of entries)
        expect([service, code, cause.length > 9, fix.length > 5, message.length > 2]).toEqual([
          service,
          code,
          true,
          true,
          true,
        ])
    const owners = new Map<string, Set<string>>()
    for (const [service, entries] of Object.entries(guides))
      for (const { code } of entries) owners.set(anchorOf(code), (owners.get(anchorOf(code)) ?? new Set()).add(service))
    expect([...owners].filter(([, services]) => services.size > 1)).toEqual([])
  })
})
