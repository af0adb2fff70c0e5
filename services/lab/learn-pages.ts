import { readFile } from 'node:fs/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sendPage } from '#shared/html/document.ts'
import { openApiDocument } from './api/openapi.ts'
import { type DescribedPaths, operationsOf } from './api/operations.ts'
import { read } from './api/route.ts'
import { apiRoutes } from './api/routes.ts'
import { LabError } from './errors.ts'
import { guides } from './guides/guides.ts'
import type { PageRoute } from './page-actions.ts'
import { apiPage } from './pages/api/api-page.ts'
import { guidePage } from './pages/guides/guide-page.ts'
import { renderMarkdown } from './pages/markdown.ts'
import { parityPage, witnessPage } from './pages/parity/parity-page.ts'
import { stackTime } from './pages/stack-time.ts'
import { parityKinds } from './parity/parity.ts'
import { parityServices, readParity, readReadme, titlesOf } from './parity/read-parity.ts'
import type { LabParts } from './parts.ts'
import { addressOf } from './protection/guard.ts'
import { urls } from './urls.ts'

/** Guides as pages, and what the services say of their parity with the products. */
export const learnPageRoutes: readonly PageRoute[] = [
  { method: 'GET', path: '/guides', handle: (request, reply, parts) => showGuide(request, reply, parts, 'index') },
  ...guides.map((name) => ({
    ...{ method: 'GET' as const, path: `/guides/${name}` },
    handle: (request: FastifyRequest, reply: FastifyReply, parts: LabParts) => showGuide(request, reply, parts, name),
  })),
  { method: 'GET', path: urls.api, handle: showApi },
  { method: 'GET', path: urls.everything, handle: sendEverything },
  { method: 'GET', path: '/parity', handle: showParity },
  { method: 'GET', path: '/parity/witness', handle: showWitness },
]

async function showGuide(_request: FastifyRequest, reply: FastifyReply, parts: LabParts, name: string) {
  const text = await readFile(new URL(`guides/${name}.md`, import.meta.url), 'utf8')
  const [body, time] = await Promise.all([renderMarkdown(text, linkTo), stackTime(parts)])
  const title = /^# (.+)$/m.exec(text)?.[1] ?? name
  return sendPage(reply, guidePage({ title, name, body, time }))
}

/** Other guides, pages of the lab, and the world; files of the project are not served. */
function linkTo(href: string): string | undefined {
  if (/^[\w-]+\.md$/.test(href)) return urls.guide(href.replace(/\.md$/, ''))
  return /^(?:https?:\/)?\//.test(href) ? href : undefined
}

/** The summary with what it links to, for assistants that read one file (llmstxt.org). */
async function sendEverything(_request: FastifyRequest, reply: FastifyReply) {
  const own = ['llms.txt', ...guides.map((name) => `guides/${name}.md`)]
  const texts = await Promise.all([
    ...own.map((file) => readFile(new URL(file, import.meta.url), 'utf8')),
    ...parityServices.map(readReadme),
  ])
  return reply.type('text/plain; charset=utf-8').send(texts.join('\n\n'))
}

async function showApi(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const routes = apiRoutes(parts)
  const described = openApiDocument(routes) as unknown as DescribedPaths
  const operations = operationsOf(described, `http://${addressOf(request)}`)
  return sendPage(reply, apiPage({ operations, time: await stackTime(parts) }))
}

const words = z.string().trim().default('').catch('')

async function showParity(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const filter = z
    .object({
      q: words,
      service: words,
      kind: z
        .enum(['', ...parityKinds])
        .default('')
        .catch(''),
    })
    .parse(request.query)
  const [rows, time] = await Promise.all([readParity(), stackTime(parts)])
  return sendPage(reply, parityPage({ rows, services: parityServices, filter, time }))
}

async function showWitness(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { of } = read(z.object({ of: z.string() }), request.query, 'query')
  const [rows, time] = await Promise.all([readParity(), stackTime(parts)])
  // Only what a README names is read.
  if (!rows.some(({ witnesses }) => witnesses.includes(of))) throw new LabError('notFound')
  return sendPage(reply, witnessPage({ pattern: of, files: await titlesOf(of), time }))
}
