/**
 * A phone's first two requests, by plain fetch with Basic: which versions are spoken, and the folders. Started with
 * `fauxchange run --up`, whose variables lead fetch into the stack.
 */
const url = 'https://mail.contoso.com/Microsoft-Server-ActiveSync'
const authorization = `Basic ${Buffer.from('bob@contoso.com:Bob-Pass2').toString('base64')}`

const options = await fetch(url, { method: 'OPTIONS', headers: { authorization } })
const folders = await fetch(`${url}?Cmd=FolderSync&User=bob&DeviceId=example1&DeviceType=Example`, {
  method: 'POST',
  headers: { authorization, 'ms-asprotocolversion': '16.1', 'content-type': 'application/vnd.ms-sync.wbxml' },
  // <FolderSync xmlns="FolderHierarchy"><SyncKey>0</SyncKey></FolderSync>, in WBXML
  body: Buffer.from('03016a00000756520330000101', 'hex'),
})
process.stdout.write(
  JSON.stringify({
    options: options.status,
    versions: options.headers.get('ms-asprotocolversions'),
    // A device that was not given the policy yet is told to ask for it: Provision.
    folders: folders.status,
    answer: Buffer.from(await folders.arrayBuffer()).toString('hex'),
  }),
)
