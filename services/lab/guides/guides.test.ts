import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openLabWithPeers } from '../_peers.ts'
import { guides } from './guides.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const here = fileURLToPath(new URL('.', import.meta.url))

test('every guide is served, and so is whatever llms.txt names', async () => {
  await using lab = await openLabWithPeers()
  const summary = await lab.call('/llms.txt')
  expect([summary.status, summary.text.startsWith('# Fauxchange\n')]).toEqual([200, true])
  const guides = globSync('*.md', { cwd: here }).map((name) => `/guides/${name}`)
  const linked = [...summary.text.matchAll(/\]\((\/[^)]+)\)/g)].map((match) => match[1] ?? '')
  expect(linked).toEqual(expect.arrayContaining(guides))
  for (const path of linked) expect([path, (await lab.call(path)).status]).toEqual([path, 200])
})

test('llms-full.txt has the summary, every guide and every README', async () => {
  await using lab = await openLabWithPeers()
  const { status, text, headers } = await lab.call('/llms-full.txt')
  expect([status, headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8'])
  const files = [...globSync('*.md', { cwd: here }), '../llms.txt', ...globSync('../../*/README.md', { cwd: here })]
  expect(files.length).toBeGreaterThan(14)
  for (const file of files) expect(text.includes(readFileSync(join(here, file), 'utf8')), file).toBe(true)
})

test('every guide is a page, and its links lead somewhere', async () => {
  await using lab = await openLabWithPeers()
  const names = globSync('*.md', { cwd: here }).map((name) => name.replace(/\.md$/, ''))
  expect(names.toSorted()).toEqual([...guides].toSorted())
  for (const name of names) {
    const page = await lab.call(`/guides/${name}`)
    const main = /<main[\s\S]*<\/main>/.exec(page.text)?.[0] ?? ''
    const links = [...main.matchAll(/href="(\/[^"]*)"/g)].map((match) => match[1] ?? '')
    expect(links).toContain(`/guides/${name}.md`)
    for (const link of links) expect([name, link, (await lab.call(link)).status]).toEqual([name, link, 200])
    expect(main).not.toMatch(/href="(?!\/|https?:)/)
    // Addresses that the text speaks of are pages of the lab, or of the products.
    const spoken = [...main.matchAll(/<code>(\/[a-z/-]+)<\/code>/g)].map((match) => match[1] ?? '')
    const own = spoken.filter((path) => !/^\/(?:ecp|owa|matchers|api\/|health)/.test(path))
    for (const path of own)
      expect((await lab.call(path)).text, `${name}: ${path}`).not.toContain('nothing at this address')
  }
})

test('operations that guides and llms.txt speak of are in the API', async () => {
  await using lab = await openLabWithPeers()
  const { paths } = (await lab.call('/api/openapi.json')).json() as { paths: Record<string, Record<string, unknown>> }
  const shape = (path: string) => path.replaceAll(/\{\w+\}/g, '{}')
  const known = new Set(
    Object.entries(paths).flatMap(([path, row]) =>
      Object.keys(row).map((way) => `${way.toUpperCase()} ${shape(path)}`),
    ),
  )
  const texts = [...globSync('*.md', { cwd: here }), '../llms.txt'].map((name) =>
    readFileSync(join(here, name), 'utf8'),
  )
  const spoken = texts.flatMap((text) => [...text.matchAll(/\b(GET|PUT|POST|PATCH|DELETE) (\/api\/[\w/{}.-]+)/g)])
  expect(spoken.length).toBeGreaterThan(10)
  const unknown = spoken
    .map(
      ([, way, path = '']) =>
        `${way} ${shape(path.replace(/\.$/, '').replace('/certificates/signing/', '/certificates/{kind}/'))}`,
    )
    .filter((each) => !known.has(each))
  expect(unknown).toEqual([])
})

test('links between documents lead somewhere', () => {
  const documents = globSync('{README.md,{services,shared,certs,test}/**/*.md}', {
    cwd: root,
    exclude: (name) => name.includes('node_modules') || name.startsWith('.'),
  })
  expect(documents.length).toBeGreaterThan(12)
  const dead = documents.flatMap((path) => {
    const links = [...readFileSync(join(root, path), 'utf8').matchAll(/\]\((?![a-z]+:|#|\/)([^)#\s]+)/g)]
    return links.filter(([, to = '']) => !existsSync(join(root, dirname(path), to))).map(([, to]) => `${path} → ${to}`)
  })
  expect(dead).toEqual([])
})
