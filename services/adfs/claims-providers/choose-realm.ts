import type { FastifyReply } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { homeRealmPage } from '../pages/home-realm-page.ts'
import type { ConversationParts } from '../sign-in/conversation.ts'
import type { SignInRequest } from '../sign-in/sign-in-request.ts'
import { storyOf } from '../sign-in/story.ts'
import type { Visit } from '../sign-in/visit.ts'
import { stepOf } from '../trusts.ts'
import { adAuthority } from './home-realm.ts'
import { postedChoice, realmsFor, withChoice } from './realm-step.ts'
import { rememberProvider } from './selection-cookie.ts'

export const unknownAccountText =
  'There is no sign-in for this account here. Check the address, or choose one of these accounts.'

/** `#hrdArea`: everybody whose users the relying party takes, and a field for an address where suffixes are known. */
export async function chooseHomeRealm(
  visit: Visit,
  signIn: SignInRequest,
  { config, themes, clock }: ConversationParts,
  why: string,
): Promise<FastifyReply> {
  const realms = realmsFor(signIn, config)
  const posted = postedChoice(visit, realms)
  const step = stepOf(signIn.trust, 'authentication')
  if (posted.kind === 'chosen') {
    rememberProvider(visit.reply, posted.identifier, config.homeRealmDiscovery, clock.now())
    visit.request.recording.note({ step, decision: 'homeRealmChosen', reason: posted.identifier })
    return visit.reply.redirect(withChoice(visit.self.location, posted.identifier), 302)
  }
  visit.request.recording.note({ step, decision: 'homeRealmPage', reason: why })
  const view = {
    action: visit.self.action,
    providers: realms.candidates.map(({ identifier, name }) => ({
      identifier,
      name,
      local: identifier === adAuthority,
    })),
    byEmail: realms.candidates.some(({ suffixes }) => suffixes.length > 0),
    email: posted.kind === 'unknown' ? posted.email : '',
    error: posted.kind === 'unknown' ? unknownAccountText : '',
    story: storyOf(visit, signIn, why),
  }
  return sendPage(visit.reply, homeRealmPage(themes.for(visit.request, signIn.trust), view))
}
