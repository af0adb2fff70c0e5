import type { PageView } from '#shared/html/document.ts'
import { html } from '#shared/html/html.ts'
import { urls } from '../urls.ts'
import { labPage, type StackTime } from './frame.ts'

/** Asks before everything goes back to the scenario. */
export function resetPage(time: StackTime | undefined): PageView {
  return labPage({
    title: 'Reset everything?',
    current: 'none',
    time,
    main: html`<h1>Reset everything?</h1>
<p>Accounts, passwords, groups, sessions, mailboxes, sign-in logs, journals, faults and the clock of every deployment go back to what the scenario describes. Everybody is signed out. This cannot be undone.</p>
<form method="post" action="${urls.reset}" class="inline"><button class="danger">Reset everything</button>
<a class="button" href="${urls.overview}">Keep everything</a></form>`,
  })
}
