import { type Html, html } from '#shared/html/html.ts'

export interface SignedOutView {
  /** Front-channel sign-out URLs of the applications that took part. */
  readonly frames: readonly string[]
  readonly next?: string | undefined
}

export function signedOutBody({ frames, next }: SignedOutView): Html {
  return html`<p>It's a good idea to close all browser windows.</p>
${frames.map((source, index) => html`<iframe class="front-channel" title="Sign-out of application ${index + 1}" src="${source}"></iframe>`)}
${next !== undefined && html`<p><a id="continue" data-follow href="${next}">Continue</a></p>`}`
}
