import { type Html, html } from '#shared/html/html.ts'
import type { RegisteredDevice } from '../../directory/schemas.ts'
import { urls } from '../../urls.ts'
import { dataTable } from '../data-table.ts'

/** The device objects of Active Directory, by which AD FS knows the devices that prove themselves. */
export function writtenBackSection(devices: readonly RegisteredDevice[]): Html {
  return html`<section aria-labelledby="written-back"><h2 id="written-back">Devices in Active Directory</h2>
<p>Entra Connect writes devices that hold a certificate back with its next cycle; AD FS knows them by these objects.</p>${
    devices.length === 0
      ? html`<p class="muted">No device was written back.</p>`
      : dataTable({
          caption: 'Devices in Active Directory',
          captionHidden: true,
          columns: ['Device', 'Owner', 'Joined', 'Managed, compliant', 'Enabled', 'Delete'],
          rows: devices.map((device) => ({ cells: cellsOf(device) })),
        })
  }
<form method="post" action="${urls.writeBack}" class="inline"><button>Write devices back now</button></form></section>`
}

function cellsOf({
  deviceId,
  displayName,
  osType,
  trustType,
  enabled,
  isManaged,
  isCompliant,
  owner,
}: RegisteredDevice) {
  const name = html`<span class="visually-hidden">${displayName} in Active Directory</span>`
  const yes = (value: boolean) => (value ? 'yes' : 'no')
  return [
    html`${displayName} <span class="muted">${osType}</span>`,
    owner?.userPrincipalName ?? '–',
    trustType,
    `${yes(isManaged)}, ${yes(isCompliant)}`,
    html`<form method="post" action="${urls.registeredDevice(deviceId)}" class="flip"><span>${yes(enabled)}</span> <button name="enabled" value="${String(!enabled)}">${enabled ? 'Disable' : 'Enable'} ${name}</button></form>`,
    html`<form method="post" action="${urls.deleteRegisteredDevice(deviceId)}" class="flip"><button>Delete ${name}</button></form>`,
  ]
}
