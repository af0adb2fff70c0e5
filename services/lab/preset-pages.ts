import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sendPage } from '#shared/html/document.ts'
import { read } from './api/route.ts'
import { presetsPage } from './pages/presets/presets-page.ts'
import { stackTime } from './pages/stack-time.ts'
import type { LabParts } from './parts.ts'
import { applyPreset, removePreset } from './presets/apply-preset.ts'
import { foundPreset, presetViews } from './presets/routes.ts'
import { urls } from './urls.ts'

type Handler = (request: FastifyRequest, reply: FastifyReply, parts: LabParts) => Promise<unknown>

export const presetPageRoutes: readonly { method: 'GET' | 'POST'; path: string; handle: Handler }[] = [
  { method: 'GET', path: '/presets', handle: showPresets },
  { method: 'POST', path: '/presets/:id', handle: changePreset },
]

async function showPresets(_request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const [presets, time] = await Promise.all([presetViews(parts.simulator), stackTime(parts)])
  return sendPage(reply, presetsPage({ presets, time }))
}

async function changePreset(request: FastifyRequest, reply: FastifyReply, { simulator }: LabParts) {
  const { id } = read(z.object({ id: z.string() }), request.params, 'path')
  const { act } = read(z.object({ act: z.enum(['on', 'off']) }), request.body ?? {}, 'form')
  request.recording.note({ decision: `preset ${id}: ${act}` })
  await (act === 'on' ? applyPreset : removePreset)(simulator, foundPreset(id))
  return reply.redirect(urls.presets, 303)
}
