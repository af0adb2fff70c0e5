import { type Html, html } from '#shared/html/html.ts'
import type { ForcedOutcome, TenantUser } from '../../tenant/schemas.ts'
import { urls } from '../../urls.ts'
import { dataTable } from '../data-table.ts'

const effects = [
  { value: 'error', text: 'the AADSTS error' },
  { value: 'consent', text: 'a question for consent' },
  { value: 'registration', text: 'registration of a method' },
  { value: 'claimsChallenge', text: 'a claims challenge' },
]

/** What the next sign-ins and token requests are forced to. */
export function outcomeSection(outcomes: readonly ForcedOutcome[], users: readonly TenantUser[]): Html {
  return html`<section aria-labelledby="outcomes"><h2 id="outcomes">Forced outcomes</h2>
<p>The next sign-ins or token requests end like this, whatever the tenant would say.</p>
${outcomes.length > 0 && outcomeTable(outcomes)}
<form method="post" action="${urls.outcomes}" class="filters" aria-label="Force an outcome">
<p><label for="where">Next</label><select id="where" name="where"><option value="signIn">sign-ins</option><option value="token">token requests</option></select></p>
<p><label for="times">How many</label><input id="times" name="times" type="number" min="1" max="1000000" value="1" required></p>
<p><label for="outcome-user">Of person</label><input id="outcome-user" name="user" list="tenant-users" placeholder="everybody" autocomplete="off"></p>
<p><label for="outcome-app">At application</label><input id="outcome-app" name="appId" placeholder="every application id" autocomplete="off"></p>
<p><label for="effect">End with</label><select id="effect" name="effect">${effects.map(({ value, text }) => html`<option value="${value}">${text}</option>`)}</select></p>
<p><label for="aadsts">AADSTS</label><input id="aadsts" name="aadsts" type="number" min="1" placeholder="50053" autocomplete="off"></p>
<p><button>Force it</button></p></form>
<datalist id="tenant-users">${users.map(({ userPrincipalName }) => html`<option value="${userPrincipalName}"></option>`)}</datalist>
${outcomes.length > 0 && html`<form method="post" action="${urls.clearOutcomes}"><button>Force nothing any more</button></form>`}</section>`
}

function outcomeTable(outcomes: readonly ForcedOutcome[]): Html {
  return dataTable({
    caption: 'Forced outcomes',
    captionHidden: true,
    columns: ['Next', 'Of person', 'At application', 'End with'],
    rows: outcomes.map(({ where, times, user, appId, outcome }) => ({
      cells: [
        `${times} ${where === 'signIn' ? 'sign-ins' : 'token requests'}`,
        user ?? '–',
        appId ?? '–',
        outcome.aadsts === undefined
          ? (effects.find(({ value }) => value === outcome.effect)?.text ?? outcome.effect)
          : `AADSTS${outcome.aadsts}`,
      ],
    })),
  })
}
