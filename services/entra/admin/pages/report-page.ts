import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { adminUrls, explanationPath, loginHost } from '../../urls.ts'
import type { PolicyCounts, PolicyReport, ReportedResult, ReportedSignIn } from '../report.ts'
import { adminTable } from './admin-table.ts'
import { adminPage, type Viewer } from './frame.ts'

const columns: readonly (readonly [ReportedResult, string])[] = [
  ['success', 'Success'],
  ['failure', 'Failure'],
  ['notApplied', 'Not applied'],
  ['excluded', 'Of these excluded'],
  ['reportOnlySuccess', 'Report-only: success'],
  ['reportOnlyInterrupted', 'Report-only: user action required'],
  ['reportOnlyFailure', 'Report-only: failure'],
]

export function reportPage(viewer: Viewer, { policies, signIns }: PolicyReport): PageView {
  return adminPage({
    title: 'Report',
    current: 'report',
    viewer,
    main: html`<h1>Report</h1>
<p>What the last ${signIns.length} sign-ins met. Each is judged by the policies of its own time.</p>
${policies.length === 0 ? html`<p>No sign-in has met a policy yet.</p>` : policyTable(policies)}
<h2>Sign-ins</h2>
${signIns.length === 0 ? html`<p>Nobody has signed in yet.</p>` : signInTable(signIns)}`,
  })
}

function policyTable(policies: readonly PolicyCounts[]): Html {
  return adminTable(
    'Policies and what came of them',
    ['Policy', ...columns.map(([, text]) => text)],
    policies.map(({ id, displayName, counts }) => [
      html`<a href="${adminUrls.policy(id)}">${displayName}</a>`,
      ...columns.map(([result]) => counts[result] ?? 0),
    ]),
  )
}

function signInTable(signIns: readonly ReportedSignIn[]): Html {
  return adminTable(
    'Sign-ins and the policies that they met',
    ['Time (UTC)', 'User', 'Application', 'Result', 'Policies that matched'],
    signIns.map(({ id, at, user, application, errorCode, met }) => [
      html`<a href="https://${loginHost}${explanationPath}${id}">${at.slice(0, 19).replace('T', ' ')}</a>`,
      user || '–',
      application,
      errorCode === 0 ? 'Success' : `AADSTS${errorCode}`,
      met.length === 0
        ? '–'
        : html`<ul>${met.map(({ displayName, result }) => html`<li>${displayName}: ${result}</li>`)}</ul>`,
    ]),
  )
}
