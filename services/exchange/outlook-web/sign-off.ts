import type { FastifyReply, FastifyRequest } from 'fastify'
import { directoryOf } from '../urls.ts'
import { canaryName, type WebParts } from '../web-session/visit.ts'
import type { VirtualDirectory } from '../web-session/web-sign-in.ts'

/** A transparent GIF of one pixel: the sign-out page of the issuer shows it in a frame. */
const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

/** `logoff.owa`: ends the session here, then at the issuer. */
export async function signOff(request: FastifyRequest, reply: FastifyReply, parts: WebParts) {
  const url = await parts.signIn.signOutUrl(request)
  // Behind a proxy the frames of AD FS may come too late for the other directory: its access ends with this answer.
  for (const directory of ['owa', 'ecp'] as const) endSession(request, reply, parts, directory)
  request.recording.note({ decision: 'signedOff' })
  return reply.redirect(url, 302)
}

/** `?wa=wsignoutcleanup1.0` ([MS-MWBF] §2.2.5): the issuer asks from a frame of its own page to end the session. */
export function cleanUp(request: FastifyRequest, reply: FastifyReply, parts: WebParts) {
  endSession(request, reply, parts, directoryOf(request.url))
  request.recording.note({ decision: 'signOutCleanup' })
  // Alone among our answers it is there to be framed by a stranger.
  return reply
    .removeHeader('x-frame-options')
    .headers({ 'content-type': 'image/gif', 'cache-control': 'no-store' })
    .send(pixel)
}

function endSession(
  request: FastifyRequest,
  reply: FastifyReply,
  { signIn }: WebParts,
  directory: VirtualDirectory,
): void {
  signIn.cookies.clear(request, reply, directory)
  if (request.cookies[canaryName] !== undefined)
    reply.clearCookie(canaryName, { path: `/${directory}/`, secure: true, sameSite: 'lax' })
}
