import type { FastifyInstance } from 'fastify'
import { openLab, Peer } from './_lab.ts'

const push = {
  id: 'p1',
  number: 42,
  application: 'Outlook',
  address: '203.0.113.10',
  createdAt: '',
  expiresAt: '',
  state: 'pending',
}
export const phone = {
  userPrincipalName: 'alice@contoso.com',
  methods: [{ type: 'push', id: 'm1', display: 'iPhone', isDefault: true }],
  totp: { code: '123456', previousCode: '654321', secondsLeft: 12 },
  pushes: [push],
  calls: [
    {
      id: 'c1',
      phoneNumber: '+1 4255550101',
      text: 'Press #.',
      application: 'Outlook',
      address: '203.0.113.10',
      createdAt: '',
    },
  ],
  sms: [],
  registrations: [{ id: 'r1', type: 'push', activationCode: 'A1', createdAt: '' }],
}

const signIn = {
  id: 's1',
  createdDateTime: '',
  userDisplayName: '',
  appDisplayName: 'Outlook',
  appId: '',
  resourceDisplayName: '',
  resourceId: '',
  ipAddress: '203.0.113.10',
  clientAppUsed: 'Browser',
  userAgent: '',
  correlationId: 'c1',
  isInteractive: true,
  conditionalAccessStatus: 'notApplied',
  authenticationRequirement: 'singleFactorAuthentication',
  authenticationDetails: [],
  status: { errorCode: 0, failureReason: 'Other.' },
}

function withPhones(app: FastifyInstance): void {
  app.get('/mfa/:upn', async (request, reply) =>
    (request.params as { upn: string }).upn === 'alice@contoso.com' ? phone : reply.code(404).send({ error: 'nobody' }),
  )
  app.post('/mfa/:upn/approve', async (request, reply) => {
    const { number = push.number } = request.body as { number?: number }
    return number === push.number ? { id: 'p1', state: 'approved' } : reply.code(409).send({ error: 'wrong number' })
  })
  app.post('/mfa/:upn/deny', async (_request, reply) => reply.code(404).send({ error: 'nothing waits' }))
  app.post('/mfa/:upn/answer-call', async (request) => ({ id: 'c1', state: (request.body as { press: string }).press }))
  app.post('/mfa/:upn/register', async (_request, reply) => reply.code(409).send({ error: 'not the code' }))
  app.get('/outcomes', async () => ({ outcomes: [] }))
  app.put('/outcomes', async (_request, reply) =>
    reply.code(400).send({ error: '✖ no AADSTS code\n  → at outcomes[0].outcome.aadsts\n✖ too many' }),
  )
  app.put('/mfa/:upn/behaviour', async (request) => request.body)
  app.get('/signins', async (request) => {
    const query = request.query as { user: string }
    return { signIns: [{ ...signIn, userPrincipalName: query.user, query }] }
  })
}

const cycle = { startedAt: '', result: 'success', counts: { added: 1, updated: 0, deleted: 0, unchanged: 0 } }
const account = { displayName: 'Zoe', enabled: true, passwordExpired: false, lockedOut: false, synchronized: true }

function withAccounts(app: FastifyInstance): void {
  app.get('/users', async () => ({ users: [{ ...account, userPrincipalName: 'zoe@contoso.com' }] }))
  app.post('/users', async (request, reply) => reply.code(201).send({ ...account, ...(request.body as object) }))
  app.patch('/users/:upn', async (request) => ({
    ...account,
    userPrincipalName: (request.params as { upn: string }).upn,
    ...(request.body as object),
  }))
  app.delete('/users/:upn', async (_request, reply) => reply.code(404).send({ error: 'There is no such user.' }))
  app.put('/groups/:name/members/:upn', async (request) => ({ ...(request.params as object) }))
  app.delete('/groups/:name/members/:upn', async () => ({}))
  app.post('/synchronize', async (request) => ({
    ...cycle,
    kind: (request.body as { full: boolean }).full ? 'initial' : 'delta',
  }))
  app.get('/synchronizations', async () => ({ cycles: [{ ...cycle, kind: 'delta' }] }))
}

/** A lab with what it needs of Entra ID and the directory, in canned answers. */
export async function openLabWithPeers() {
  const entra = new Peer('entra', withPhones)
  const directory = new Peer('directory', withAccounts)
  const adfs = new Peer('adfs')
  return { entra, directory, adfs, ...(await openLab([directory, entra, adfs])) }
}
