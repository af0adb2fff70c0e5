import type { FastifyReply, FastifyRequest } from 'fastify'
import type { WatchedClaims } from '../access-tokens/ask-evaluation.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import type { Evidence, KeptSession, WebSession } from './session.ts'

/** The virtual directories that share sign-in: Outlook on the web and the control panel. */
export type VirtualDirectory = 'owa' | 'ecp'

/** How people sign in to one deployment. */
export interface WebSignIn {
  readonly cookies: SessionCookies
  /** Where a browser without a session is sent. */
  challenge(request: FastifyRequest, reply: FastifyReply, directory: VirtualDirectory): string | Promise<string>
  /** Whether a posted form is the issuer's answer. */
  isAnswer(form: Readonly<Record<string, unknown>>): boolean
  /** @throws ExchangeError unless the answer proves who is there. */
  accept(request: FastifyRequest, reply: FastifyReply, directory: VirtualDirectory): Promise<AcceptedSignIn>
  /** Called when a page is about to be shown: the sign-in held. */
  settle(request: FastifyRequest, reply: FastifyReply, session: WebSession): void | Promise<void>
  /** Why the issuer takes the session back; undefined while it is good. */
  takenBack?(request: FastifyRequest, session: WebSession): Promise<string | undefined>
  signOutUrl(request: FastifyRequest): string | Promise<string>
  /** Where a browser goes whose session timed out, when it is no page of its own. */
  timedOutUrl?(request: FastifyRequest): Promise<string | undefined>
  /** Forgets what was fetched from the issuer. */
  forget(): void
}

export interface AcceptedSignIn {
  readonly userPrincipalName: string
  readonly recipient: Recipient | undefined
  /** A local path, or a URL of one of our own hosts. */
  readonly returnTo: string
  readonly evidence: readonly Evidence[]
  readonly watched?: WatchedClaims | undefined
  /** After so many minutes of idleness the session ends; as configured unless said. */
  readonly idleMinutes?: number | undefined
}

export interface SessionCookies {
  /** Undefined when there is none, or none that our key opens. */
  read(request: FastifyRequest, directory: VirtualDirectory): Promise<KeptSession | undefined>
  write(reply: FastifyReply, directory: VirtualDirectory, kept: KeptSession): Promise<void>
  clear(request: FastifyRequest, reply: FastifyReply, directory: VirtualDirectory): void
}
