import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { dayNames } from './moments.ts'
import { type FrameView, pageFrame } from './page-frame.ts'

/** The form as it is shown, and as it comes back: all texts. */
export interface AppointmentFormState {
  readonly subject: string
  readonly location: string
  readonly startDate: string
  readonly startTime: string
  readonly endDate: string
  readonly endTime: string
  readonly allDay: boolean
  readonly isPrivate: boolean
  readonly busyStatus: string
  /** Minutes, or empty for none. */
  readonly reminder: string
  readonly attendees: string
  readonly optionalAttendees: string
  readonly body: string
  readonly repeat: string
  readonly interval: string
  readonly weekdays: readonly number[]
  readonly until: string
  readonly count: string
}

export interface AppointmentFormView extends Omit<FrameView, 'title' | 'content'> {
  readonly heading: string
  readonly action: string
  readonly canary: string
  readonly itemId: string
  readonly occurrence: string
  readonly zoneLabel: string
  readonly state: AppointmentFormState
  /** One occurrence has no pattern of its own. */
  readonly canRepeat: boolean
  /** The pattern that the series has, in words; offered to be kept. */
  readonly keptPattern?: string | undefined
  readonly people: readonly string[]
  readonly cancelUrl: string
  readonly problem?: string | undefined
}

export function appointmentFormPage(view: AppointmentFormView): PageView {
  const { state, heading } = view
  const content = html`<main id="content" tabindex="-1"><h1>${heading}</h1>
${view.problem && html`<p class="problem" role="alert" data-testid="problem">${view.problem}</p>`}
<form class="compose" method="post" action="${view.action}" data-testid="appointment-form">
<input type="hidden" name="X-OWA-CANARY" value="${view.canary}"><input type="hidden" name="ItemID" value="${view.itemId}"><input type="hidden" name="occurrence" value="${view.occurrence}">
${line('subject', 'Title', state.subject)}${line('location', 'Place', state.location)}
<fieldset><legend>When</legend><p class="note">Times are those of ${view.zoneLabel}.</p>
<p class="moments">${moment('start', 'Starts', state.startDate, state.startTime)} ${moment('end', 'Ends', state.endDate, state.endTime)} ${checkbox('allDay', 'All day', state.allDay)}</p></fieldset>
${view.canRepeat && pattern(view)}
<fieldset><legend>People</legend>${line('attendees', 'Invite', state.attendees, 'people')}${line('optionalAttendees', 'Optional', state.optionalAttendees, 'people')}<datalist id="people">${view.people.map((each) => html`<option value="${each}">`)}</datalist></fieldset>
<div class="line"><label for="busyStatus">Show as</label>${select('busyStatus', busyNames, state.busyStatus)}</div>
<div class="line"><label for="reminder">Remind me</label>${select('reminder', reminders(state.reminder), state.reminder)}</div>
<p>${checkbox('private', 'Private', state.isPrivate)}</p>
<label class="hidden" for="body">Description</label><textarea id="body" name="body" rows="8">${state.body}</textarea>
<p class="actions"><button class="primary" type="submit" name="action" value="save">Save</button> <a class="button" href="${view.cancelUrl}">Cancel</a></p>
</form></main>`
  return pageFrame({ ...view, title: heading, content })
}

function line(name: string, label: string, value: string, list?: string): Html {
  return html`<div class="line"><label for="${name}">${label}</label><input id="${name}" name="${name}" type="text" value="${value}" autocomplete="off"${list && html` list="${list}"`}></div>`
}

function moment(name: string, label: string, date: string, time: string): Html {
  return html`<span class="moment"><label for="${name}Date">${label}</label> <input id="${name}Date" name="${name}Date" type="date" value="${date}" required> <label class="hidden" for="${name}Time">${label} at</label><input id="${name}Time" name="${name}Time" type="time" value="${time}"></span>`
}

export function checkbox(name: string, label: string, checked: boolean): Html {
  return html`<label><input type="checkbox" name="${name}" value="1"${checked && html` checked`}> ${label}</label>`
}

type Choices = readonly (readonly [value: string, text: string])[]

export function select(name: string, choices: Choices, chosen: string, id = name): Html {
  return html`<select id="${id}" name="${name}">${choices.map(
    ([value, text]) => html`<option value="${value}"${value === chosen && html` selected`}>${text}</option>`,
  )}</select>`
}

const busyNames: Choices = [
  ['busy', 'Busy'],
  ['free', 'Free'],
  ['tentative', 'Tentative'],
  ['outOfOffice', 'Away'],
  ['elsewhere', 'Working elsewhere'],
]

function reminders(chosen: string): Choices {
  const usual: Choices = [
    ['', 'Never'],
    ['0', 'At the start'],
    ['5', '5 minutes before'],
    ['15', '15 minutes before'],
    ['30', '30 minutes before'],
    ['60', '1 hour before'],
    ['1440', '1 day before'],
  ]
  return usual.some(([value]) => value === chosen) ? usual : [...usual, [chosen, `${chosen} minutes before`]]
}

const repeats: Choices = [
  ['none', 'Never'],
  ['daily', 'Every day'],
  ['weekly', 'Every week'],
  ['monthly', 'Every month, on the same day'],
  ['monthlyNth', 'Every month, on the same weekday'],
  ['yearly', 'Every year'],
]

function pattern({ state, keptPattern }: AppointmentFormView): Html {
  const choices: Choices = keptPattern === undefined ? repeats : [['keep', `As it is: ${keptPattern}`], ...repeats]
  return html`<fieldset><legend>Repeat</legend><div class="line"><label for="repeat">Repeats</label>${select('repeat', choices, state.repeat)}</div>
<div class="line"><label for="interval">Interval</label><input id="interval" name="interval" type="number" min="1" max="99" value="${state.interval}"></div>
<p role="group" aria-label="On these days of the week" class="weekdays">${dayNames.map(
    (name, day) =>
      html`<label><input type="checkbox" name="weekday${day}" value="1"${state.weekdays.includes(day) && html` checked`}> ${name}</label> `,
  )}</p>
<div class="line"><label for="until">Until</label><input id="until" name="until" type="date" value="${state.until}"></div>
<div class="line"><label for="count">Or so often</label><input id="count" name="count" type="number" min="1" max="999" value="${state.count}"></div></fieldset>`
}
