import { GenericContainer, Wait } from 'testcontainers'

/** The whole stack in one container; `docker build --tag fauxchange --file services/Dockerfile .` makes the image. */
const container = await new GenericContainer('fauxchange')
  .withExposedPorts(8080, 8081)
  .withWaitStrategy(Wait.forHttp('/health', 8080))
  .start()
try {
  const gateway = `http://${container.getHost()}:${container.getMappedPort(8080)}`
  const authority = await (await fetch(`${gateway}/ca.pem`)).text()
  const phone = await (await fetch(`${gateway}/api/mfa/bob@contoso.com`)).json()
  console.log(authority.split('\n')[0], phone.totp.code)
} finally {
  await container.stop()
}
