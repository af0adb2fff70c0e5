// Follows the link of the signed-out page once the applications' frames have loaded.
;(() => {
  const link = document.querySelector('a[data-follow]')
  if (link) window.addEventListener('load', () => window.location.assign(link.href))
})()

// Asks how the request on the phone stands, and sends the form once it is answered. Without scripts the button does.
;(() => {
  const form = document.querySelector('form[data-poll]')
  if (!form || !window.$Config) return
  const config = window.$Config
  const waiting = form.querySelector('[data-waiting]')
  let polls = 0

  async function poll() {
    polls += 1
    const response = await fetch(config.urlEndAuth, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', canary: config.apiCanary },
      body: JSON.stringify({
        AuthMethodId: config.sSASAuthMethodId,
        Method: 'EndAuth',
        SessionId: config.sSASSessionId,
        FlowToken: config.sFT,
        Ctx: config.sCtx,
        PollCount: polls,
      }),
    })
    const answer = await response.json()
    if (answer.Success || !answer.Retry) {
      form.submit()
      return
    }
    if (polls < config.iMaxPollAttempts) window.setTimeout(turn, config.iPollingInterval)
  }

  function turn() {
    poll().catch(() => {
      waiting.textContent = 'The connection was lost. Use the button below once you have approved the request.'
    })
  }

  waiting.textContent = 'Waiting for your approval…'
  window.setTimeout(turn, config.iPollingInterval)
})()
