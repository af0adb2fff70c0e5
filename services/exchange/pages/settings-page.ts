import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { checkbox, select } from './appointment-form-page.ts'
import { type FrameView, pageFrame } from './page-frame.ts'

export interface SettingsFrame extends Omit<FrameView, 'title' | 'content'> {
  readonly pages: readonly { readonly name: string; readonly url: string; readonly current: boolean }[]
  readonly action: string
  readonly canary: string
  /** What was just done, or why it was not. */
  readonly saved?: boolean
  readonly problem?: string | undefined
}

export function settingsPage(view: SettingsFrame, title: string, content: Html): PageView {
  const links = view.pages.map(
    ({ name, url, current }) => html`<li><a href="${url}"${current && html` aria-current="page"`}>${name}</a></li>`,
  )
  return pageFrame({
    ...view,
    title,
    content: html`<div class="columns"><nav class="folders" aria-label="Settings"><ul>${links}</ul></nav><main id="content" class="settings" tabindex="-1"><h1>${title}</h1>
${view.saved && html`<p class="problem" role="status" data-testid="saved">Your settings are saved.</p>`}${view.problem && html`<p class="problem" role="alert" data-testid="problem">${view.problem}</p>`}
${content}</main></div>`,
  })
}

function form(view: SettingsFrame, action: string, fields: Html): Html {
  return html`<form class="compose" method="post" action="${view.action}" data-testid="${action}"><input type="hidden" name="X-OWA-CANARY" value="${view.canary}">
${fields}<p class="actions"><button class="primary" type="submit" name="action" value="${action}">Save</button></p></form>`
}

export interface AutomaticRepliesView extends SettingsFrame {
  readonly state: string
  readonly zoneLabel: string
  /** As `datetime-local` writes it, in the mailbox's zone. */
  readonly start: string
  readonly end: string
  readonly internal: string
  readonly externalAudience: 'none' | 'known' | 'all'
  readonly external: string
}

export function automaticRepliesPage(view: AutomaticRepliesView): PageView {
  const states = [
    ['Disabled', 'Off'],
    ['Enabled', 'On'],
    ['Scheduled', 'On during this time'],
  ] as const
  const radios = states.map(
    ([value, text]) =>
      html`<label><input type="radio" name="state" value="${value}"${value === view.state && html` checked`}> ${text}</label> `,
  )
  const audiences = [
    ['none', 'Nobody'],
    ['known', 'My contacts'],
    ['all', 'Everybody'],
  ] as const
  const fields = html`<fieldset><legend>Automatic replies</legend><p class="moments">${radios}</p>
<p class="note">Times are those of ${view.zoneLabel}.</p><p class="moments"><span class="moment"><label for="start">From</label> <input id="start" name="start" type="datetime-local" value="${view.start}"></span> <span class="moment"><label for="end">To</label> <input id="end" name="end" type="datetime-local" value="${view.end}"></span></p></fieldset>
<label for="internal">Reply to people of my organization</label><textarea id="internal" name="internal" rows="5">${view.internal}</textarea>
<div class="line"><label for="audience">Others</label>${select('audience', audiences, view.externalAudience)}</div>
<label for="external">Reply to others</label><textarea id="external" name="external" rows="5">${view.external}</textarea>
<p class="note">Each sender gets one reply until they are turned on again.</p>`
  return settingsPage(view, 'Automatic replies', form(view, 'automaticReplies', fields))
}

export interface RegionalView extends SettingsFrame {
  readonly zones: readonly (readonly [value: string, text: string])[]
  readonly zone: string
  readonly weekDays: readonly string[]
  readonly weekStart: string
}

export function regionalPage(view: RegionalView): PageView {
  const fields = html`<div class="line"><label for="zone">Time zone</label>${select('zone', view.zones, view.zone)}</div>
<div class="line"><label for="weekStart">Week begins on</label>${select(
    'weekStart',
    view.weekDays.map((each) => [each, each] as const),
    view.weekStart,
  )}</div>`
  return settingsPage(view, 'Region and calendar', form(view, 'regional', fields))
}

export interface LayoutView extends SettingsFrame {
  readonly signature: string
  readonly addSignature: boolean
  readonly conversations: boolean
}

export function layoutPage(view: LayoutView): PageView {
  const fields = html`<label for="signature">Signature</label><textarea id="signature" name="signature" rows="5">${view.signature}</textarea>
<p>${checkbox('addSignature', 'Add my signature to new messages', view.addSignature)}</p>
<p>${checkbox('conversations', 'Show conversations as one row of a list, and a message with its conversation', view.conversations)}</p>`
  return settingsPage(view, 'Signature and messages', form(view, 'layout', fields))
}

export interface DeviceView {
  readonly deviceId: string
  readonly name: string
  readonly facts: readonly { readonly label: string; readonly value: Html | string }[]
  readonly actions: readonly { readonly action: string; readonly text: string }[]
}

export interface DevicesView extends SettingsFrame {
  readonly devices: readonly DeviceView[]
}

export function devicesPage(view: DevicesView): PageView {
  const devices = view.devices.map(
    (device) => html`<section class="meeting" aria-label="${device.name}" data-testid="device"><h2>${device.name}</h2>
<dl>${device.facts.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
<form class="toolbar" method="post" action="${view.action}"><input type="hidden" name="X-OWA-CANARY" value="${view.canary}"><input type="hidden" name="deviceId" value="${device.deviceId}">${device.actions.map(
      ({ action, text }) =>
        html`<button type="submit" name="action" value="${action}">${text}<span class="hidden"> ${device.name}</span></button> `,
    )}</form></section>`,
  )
  const content =
    devices.length > 0 ? html`${devices}` : html`<p class="empty">No phone or tablet synchronizes this mailbox.</p>`
  return settingsPage(view, 'Mobile devices', content)
}
