import { z } from 'zod'
import type { Clock } from '#shared/clock.ts'
import { type ApiRoute, apiRoute } from '../api/route.ts'
import { directoryPath as path } from '../directory/active-directory.ts'
import { ask, type Manage } from '../peers/ask.ts'
import { exchangeName, folderName, injectionSchema, injectMail, messageSchema, readMessages } from './mail.ts'

const upn = z.string().min(1).describe('The user principal name.')
const mailbox = z.strictObject({ deployment: exchangeName, upn })
const oneMessage = mailbox.extend({ id: z.string().min(1).describe('The id of the message.') })
const waitQuery = z.strictObject({
  folder: folderName,
  subject: z.string().optional().describe('Part of the subject.'),
  from: z.string().optional().describe("Part of the sender's name or address."),
  timeoutMs: z.coerce.number().int().min(0).max(60_000).default(10_000).describe('Milliseconds to wait.'),
})

/** Mailboxes as a test looks into them. */
export function mailboxRoutes(manage: Manage, clock: Clock): readonly ApiRoute[] {
  const rows = [listMessages, readMessage, waitForMessage, purgeFolder, setQuota]
  return [...rows.map((row) => row(manage)), injectMessage(manage, clock)]
}

function listMessages(manage: Manage): ApiRoute {
  return apiRoute({
    method: 'GET',
    path: '/api/exchange/{deployment}/mailboxes/{upn}/messages',
    name: 'listMailboxMessages',
    summary: 'The messages of a folder, newest first',
    parameters: mailbox,
    query: z.strictObject({ folder: folderName }),
    answer: z.object({ messages: z.array(messageSchema) }),
    refusals: ['notFound', 'deploymentUnreachable'],
    handle: ({ parameters, query }) => readMessages(manage, parameters, query.folder),
  })
}

function readMessage(manage: Manage): ApiRoute {
  return apiRoute({
    method: 'GET',
    path: '/api/exchange/{deployment}/mailboxes/{upn}/messages/{id}',
    name: 'readMailboxMessage',
    summary: 'One message, with its MIME text in base64',
    parameters: oneMessage,
    answer: messageSchema,
    refusals: ['notFound', 'deploymentUnreachable'],
    handle: ({ parameters }) =>
      ask(
        manage,
        { deployment: parameters.deployment, path: path`/mailboxes/${parameters.upn}/messages/${parameters.id}` },
        messageSchema,
      ),
  })
}

function waitForMessage(manage: Manage): ApiRoute {
  return apiRoute({
    method: 'GET',
    path: '/api/exchange/{deployment}/mailboxes/{upn}/wait',
    name: 'waitForMessage',
    summary: 'Wait until a message is there',
    description: 'Answers at once when one fits already; 502 with the words of the deployment when none came in time.',
    parameters: mailbox,
    query: waitQuery,
    answer: z.object({ message: messageSchema }),
    refusals: ['notFound', 'deploymentFailed', 'deploymentUnreachable'],
    handle: ({ parameters, query }) => {
      const given = Object.entries(query).filter(([, value]) => value !== undefined)
      const text = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]))
      const from = `${path`/mailboxes/${parameters.upn}/wait`}?${text}`
      const timeoutMs = query.timeoutMs + 5_000
      const answer = z.object({ message: messageSchema })
      return ask(manage, { deployment: parameters.deployment, path: from, timeoutMs }, answer)
    },
  })
}

function injectMessage(manage: Manage, clock: Clock): ApiRoute {
  return apiRoute({
    method: 'POST',
    path: '/api/exchange/{deployment}/mailboxes/{upn}/messages',
    name: 'injectMessage',
    summary: 'Put a message into a mailbox: as it is, or made of sender, subject and text',
    parameters: mailbox,
    body: injectionSchema,
    answer: messageSchema,
    refusals: ['invalidRequest', 'notFound', 'deploymentUnreachable'],
    handle: ({ parameters, body }) => injectMail(manage, clock, parameters, body),
  })
}

function purgeFolder(manage: Manage): ApiRoute {
  return apiRoute({
    method: 'DELETE',
    path: '/api/exchange/{deployment}/mailboxes/{upn}/messages',
    name: 'purgeMailboxFolder',
    summary: 'Delete every message of a folder for good',
    parameters: mailbox,
    query: z.strictObject({ folder: folderName }),
    answer: z.object({}),
    refusals: ['notFound', 'deploymentUnreachable'],
    handle: ({ parameters, query }) =>
      ask(
        manage,
        {
          deployment: parameters.deployment,
          path: `${path`/mailboxes/${parameters.upn}/messages`}?folder=${query.folder}`,
          method: 'DELETE',
        },
        z.object({}),
      ),
  })
}

function setQuota(manage: Manage): ApiRoute {
  return apiRoute({
    method: 'PUT',
    path: '/api/exchange/{deployment}/mailboxes/{upn}/quota',
    name: 'setMailboxQuota',
    summary: 'Limit the size of a mailbox; null lifts the limit',
    parameters: mailbox,
    body: z.strictObject({ bytes: z.int().min(0).nullable().describe('Bytes.') }),
    answer: z.object({ bytes: z.number(), quotaBytes: z.number().nullable() }),
    refusals: ['invalidRequest', 'notFound', 'deploymentUnreachable'],
    handle: ({ parameters, body }) =>
      ask(
        manage,
        {
          deployment: parameters.deployment,
          path: path`/mailboxes/${parameters.upn}/quota`,
          method: 'PUT',
          json: body,
        },
        z.object({ bytes: z.number(), quotaBytes: z.number().nullable() }),
      ),
  })
}
