/** "Approved client apps" and "app protection policy": apps that Conditional Access takes on iOS and Android, by app id. */
const managedApps: ReadonlyMap<string, string> = new Map([
  ['27922004-5251-4030-b22d-91ecd9a37ea4', 'Outlook Mobile'],
  ['d3590ed6-52b3-4102-aeff-aad2292ab01c', 'Microsoft Office'],
  ['1fec8e78-bce4-4aaf-ab1b-5451cc387264', 'Microsoft Teams'],
  ['b26aadf8-566f-4478-926f-589f601d9c74', 'OneDrive'],
  ['af124e86-4e96-495a-b70a-90f90ab96707', 'OneDrive iOS App'],
  ['d326c1ce-6cc6-4de2-bebc-4591e5e13ef0', 'SharePoint'],
  ['22098786-6e16-43cc-a27d-191a01a1e3b5', 'Microsoft To-Do client'],
  ['66375f6b-983f-4c2c-9701-d680650f588f', 'Microsoft Planner'],
  ['c0d2a505-13b8-4ae0-aa9e-cddd5eab0b12', 'Microsoft Power BI'],
  ['ecd6b820-32c2-49b6-98a6-444530e5a77a', 'Microsoft Edge'],
  ['e9c51622-460d-4d3d-952d-966a5b1da34c', 'Microsoft Edge'],
  ['f44b1140-bc5e-48c6-8dc0-5cf5a53c0e34', 'Microsoft Edge'],
])

export function isManagedApp(appId: string): boolean {
  return managedApps.has(appId.toLowerCase())
}
