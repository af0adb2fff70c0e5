// Hands the page's challenge to the authenticator, and the authenticator's answer to the form.
const config = window.$Config
const form = document.querySelector('form[data-passkey]')
const creates = form?.dataset.passkey === 'create'
const errorText = document.getElementById('idSpan_Fido_Error')
let busy = false

function fromBase64Url(text) {
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}

function toBase64Url(buffer) {
  const text = btoa(String.fromCharCode(...new Uint8Array(buffer)))
  return text.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

function described(list) {
  return list.map((each) => ({ ...each, type: 'public-key', id: fromBase64Url(each.id) }))
}

async function assertion() {
  const { response, id } = await navigator.credentials.get({
    publicKey: {
      challenge: new TextEncoder().encode(config.sFidoChallenge),
      rpId: config.sFidoRpId,
      allowCredentials: described(config.arrFidoAllowList),
      userVerification: 'required',
    },
  })
  return {
    id,
    clientDataJSON: toBase64Url(response.clientDataJSON),
    authenticatorData: toBase64Url(response.authenticatorData),
    signature: toBase64Url(response.signature),
    userHandle: response.userHandle ? toBase64Url(response.userHandle) : null,
  }
}

async function attestation() {
  const { response, id } = await navigator.credentials.create({
    publicKey: {
      challenge: new TextEncoder().encode(config.sFidoChallenge),
      rp: { id: config.sFidoRpId, name: config.sCompanyDisplayName },
      user: { ...config.oFidoUser, id: fromBase64Url(config.oFidoUser.id) },
      pubKeyCredParams: [-7, -257].map((alg) => ({ type: 'public-key', alg })),
      excludeCredentials: described(config.arrFidoExcludeList),
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      attestation: 'none',
    },
  })
  return {
    id,
    clientDataJSON: toBase64Url(response.clientDataJSON),
    attestationObject: toBase64Url(response.attestationObject),
    transports: response.getTransports ? response.getTransports() : [],
  }
}

async function ceremony() {
  if (busy) return
  busy = true
  errorText.hidden = true
  try {
    const answer = await (creates ? attestation() : assertion())
    form.elements[creates ? 'attestation' : 'assertion'].value = JSON.stringify(answer)
    form.submit()
  } catch (refusal) {
    errorText.textContent = `The passkey was not used: ${refusal.message}`
    errorText.hidden = false
  } finally {
    busy = false
  }
}

form?.addEventListener('submit', (event) => {
  event.preventDefault()
  ceremony()
})
// Where a passkey is used the product begins at once; creating one waits for the button.
if (form && !creates) ceremony()
