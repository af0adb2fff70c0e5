import type { PageView } from '#shared/html/document.ts'
import { html } from '#shared/html/html.ts'
import { adminUrls } from '../../urls.ts'
import { adminPage } from './frame.ts'

/** What could not be done; the reason is for the journal. */
export function problemPage(message: string): PageView {
  return adminPage({
    title: 'Not possible',
    current: 'none',
    viewer: undefined,
    main: html`<h1>${message}</h1><p><a href="${adminUrls.policies}">Policies</a> · <a href="${adminUrls.signInAgain}">Sign in with another account</a></p>`,
  })
}
