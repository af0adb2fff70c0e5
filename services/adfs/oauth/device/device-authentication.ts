import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { type DeviceCodeView, deviceCodePage } from '../../pages/device-code-page.ts'
import { continueSignIn } from '../../sign-in/conversation.ts'
import type { SignInRequest } from '../../sign-in/sign-in-request.ts'
import type { Visit } from '../../sign-in/visit.ts'
import { visitAt } from '../../sign-in/visit-at.ts'
import { oauthGrant } from '../authorize/sign-in.ts'
import type { OAuthParts } from '../oauth-parts.ts'
import { oauthPaths } from '../oauth-urls.ts'
import { requestedAccess } from '../requested-access.ts'
import { namedClient } from '../token/client-authentication.ts'

// /adfs/oauth2/deviceauth: the code is typed, or confirmed when it came in the address, then the person signs in. The
// cookie holds the code that was confirmed here: a link alone, or a form of a foreign page, gives nobody's device a token.

const cookieName = 'MSISDeviceAuth'
const cookie = { path: oauthPaths.deviceAuthentication, secure: true, httpOnly: true, sameSite: 'strict' } as const

export async function answerDeviceAuthentication(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: OAuthParts,
): Promise<FastifyReply> {
  const visit = await visitAt(request, reply, parts, oauthPaths.deviceAuthentication)
  const asked = visit.query.get('user_code') ?? visit.query.get('otc') ?? ''
  const typed = request.method === 'POST' ? visit.form.get('user_code') : undefined
  if (typed !== undefined) return confirm(visit, typed, parts)
  if (asked === '' || request.cookies[cookieName] !== confirmation(asked, request)) {
    return askForCode(visit, { userCode: asked, error: '' }, parts)
  }
  return signIn(visit, asked, parts)
}

async function askForCode(
  visit: Visit,
  view: Pick<DeviceCodeView, 'userCode' | 'error'>,
  { conversation, random, deviceCodes, groups }: OAuthParts,
): Promise<FastifyReply> {
  const { request, reply } = visit
  const known = request.cookies[secretName]
  const secret = known ?? random.token(16)
  if (known === undefined) reply.setCookie(secretName, secret, cookie)
  const waiting = view.userCode === '' ? undefined : await deviceCodes.waiting(view.userCode)
  const application = waiting && groups().client(waiting.clientId)?.name
  request.recording.note({
    decision: view.error === '' ? 'deviceCodePage' : 'deviceCodeRefused',
    reason: view.error || 'the code has to be typed or confirmed',
  })
  const action = oauthPaths.deviceAuthentication
  return sendPage(
    reply,
    deviceCodePage(conversation.themes.for(request), { ...view, action, application, canary: canaryOf(secret) }),
  )
}

const secretName = 'MSISDeviceSecret'

function canaryOf(secret: string): string {
  return createHash('sha256').update(`canary\n${secret}`).digest('base64url')
}

function confirmation(userCode: string, request: FastifyRequest): string {
  const secret = request.cookies[secretName] ?? ''
  return createHash('sha256').update(`${userCode}\n${secret}`).digest('base64url')
}

async function confirm(visit: Visit, typed: string, parts: OAuthParts): Promise<FastifyReply> {
  const { request, reply, form } = visit
  const userCode = typed.trim().slice(0, 40)
  const secret = request.cookies[secretName]
  if (secret === undefined || form.get('canary') !== canaryOf(secret)) {
    return askForCode(visit, { userCode, error: 'Enter the code again.' }, parts)
  }
  if (!(await parts.deviceCodes.waiting(userCode))) {
    return askForCode(
      visit,
      { userCode: '', error: 'That code is not valid. Check the code on your device, and try again.' },
      parts,
    )
  }
  reply.setCookie(cookieName, confirmation(userCode, request), { ...cookie, encode: (value) => value })
  return reply.redirect(`${oauthPaths.deviceAuthentication}?user_code=${encodeURIComponent(userCode)}`, 302)
}

async function signIn(visit: Visit, userCode: string, parts: OAuthParts): Promise<FastifyReply> {
  const waiting = await parts.deviceCodes.waiting(userCode)
  if (!waiting) {
    const error = 'That code is not valid. Check the code on your device, and try again.'
    return askForCode(visit, { userCode: '', error }, parts)
  }
  const client = namedClient(waiting.clientId, parts)
  const access = requestedAccess(parts.groups(), client, waiting)
  const { themes } = parts.conversation
  const { trust } = access.api
  const done = (outcome: 'granted' | 'denied') => {
    visit.reply.clearCookie(cookieName, cookie)
    const view = { action: '', canary: '', userCode: '', error: '', application: client.name, outcome }
    return { kind: 'page', page: deviceCodePage(themes.for(visit.request), view) } as const
  }
  const asked: SignInRequest = {
    protocol: 'OAuth 2.0',
    trust,
    policyTrusts: [trust],
    freshness: { kind: 'any' },
    method: 'any',
    loginHint: '',
    key: visit.self.key,
    visits: client.clientId,
    denied: async (reason) => {
      await parts.deviceCodes.deny(userCode, reason)
      return done('denied')
    },
    respond: async (grant) => {
      await parts.deviceCodes.grant(userCode, await oauthGrant(client.clientId, access, grant))
      return done('granted')
    },
  }
  return continueSignIn(visit, asked, parts.conversation)
}
