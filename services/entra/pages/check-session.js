// OpenID Connect Session Management §3.2: the application's frame asks whether its session is still the browser's.
;(() => {
  function sessions() {
    const cookie = document.cookie.split('; ').find((each) => each.startsWith('ESTSAUTHLIGHT='))
    return decodeURIComponent(cookie?.slice('ESTSAUTHLIGHT='.length) ?? '').split('+')
  }

  window.addEventListener('message', (event) => {
    const [clientId, sessionState, ...more] = typeof event.data === 'string' ? event.data.split(' ') : []
    const asked = clientId && sessionState && more.length === 0
    const status = asked ? (sessions().includes(sessionState) ? 'unchanged' : 'changed') : 'error'
    event.source?.postMessage(status, event.origin)
  })
})()
