import type { Element } from '@xmldom/xmldom'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { messageId } from '#shared/saml/authn-request.ts'
import { saml20, saml20Protocol } from '#shared/saml/names.ts'
import { receiveXml } from '#shared/saml/protocol-message.ts'
import { instantAttribute, onlyChild, textOf } from '#shared/saml/read-parts.ts'
import { SamlRefusal } from '#shared/saml/saml-refusal.ts'
import { type SignableElement, signElement } from '#shared/saml/sign-enveloped.ts'
import { childElements, isNamed } from '#shared/xml/elements.ts'
import { alreadyWrittenXml, xml, xmlText } from '#shared/xml/markup.ts'
import { parseXml, rootOf } from '#shared/xml/parse-xml.ts'
import { writeElement } from '#shared/xml/write-element.ts'
import { XmlRefusal } from '#shared/xml/xml-refusal.ts'
import { AdfsError } from '../errors.ts'
import type { KeptResponse } from './artifact.ts'
import type { SamlReceiver } from './receive.ts'
import { issuerOf, serviceProvider } from './service-provider.ts'
import { algorithmOf } from './sign-in.ts'
import { verifyMessage } from './verify-request.ts'

const path = '/adfs/services/trust/artifactresolution'
const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/'

/** Where a service provider fetches the response that an artifact stands for (SAML 2.0 Bindings §3.6, SOAP 1.1). */
export async function resolveArtifact(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: SamlReceiver,
): Promise<FastifyReply> {
  reply.type('text/xml; charset=utf-8')
  try {
    const { trust, id, artifact } = await readResolve(String(request.body ?? ''), parts)
    const kept = await parts.artifacts.take(artifact)
    const mine = kept?.trust === trust.settings.objectIdentifier ? kept : undefined
    const reason = kept ? (mine ? undefined : 'the artifact is another service provider’s') : 'no such artifact waits'
    request.recording.note({ decision: mine ? 'artifactResolved' : 'artifactUnknown', ...(reason && { reason }) })
    return reply.send(envelope(await artifactResponse(id, mine, { parts, algorithm: algorithmOf(trust) })))
  } catch (error) {
    if (!isRefusal(error)) throw error
    request.recording.note({ decision: 'artifactRefused', reason: error.reason })
    const fault = xml`<s:Fault><faultcode>s:Client</faultcode><faultstring>${error.message}</faultstring></s:Fault>`
    return reply.code(500).send(envelope(xmlText(fault)))
  }
}

function isRefusal(error: unknown): error is SamlRefusal | AdfsError | XmlRefusal {
  return error instanceof SamlRefusal || error instanceof AdfsError || error instanceof XmlRefusal
}

/** An ArtifactResolve; signed wherever the trust has a certificate to verify it with. */
async function readResolve(body: string, parts: SamlReceiver) {
  const message = receiveXml(writeElement(soapContent(body)))
  const issuer = issuerOf(message.root)
  const trust = serviceProvider(issuer, parts.trusts)
  const required = trust.requestSigningCertificates.length > 0 || trust.settings.signedSamlRequestsRequired
  const root = verifyMessage(message, trust, { required, urls: parts.urls, destination: path })
  const id = messageId(root)
  const dated = { id, issuer, issueInstant: instantAttribute(root, 'IssueInstant') }
  await parts.requests.admit(dated)
  await parts.requests.answer(dated)
  return { trust, id, artifact: textOf(onlyChild(root, 'Artifact')).trim() }
}

function soapContent(body: string): Element {
  const envelopeElement = rootOf(parseXml(body))
  if (!isNamed(envelopeElement, soap11, 'Envelope')) throw new SamlRefusal('malformed', 'no SOAP 1.1 envelope')
  const [content, another] = childElements(onlyChild(envelopeElement, 'Body'))
  if (!content || another || !isNamed(content, saml20Protocol, 'ArtifactResolve')) {
    throw new SamlRefusal('malformed', 'the SOAP body does not hold exactly one ArtifactResolve')
  }
  return content
}

interface Answering {
  readonly parts: SamlReceiver
  readonly algorithm: 'rsa-sha1' | 'rsa-sha256'
}

/** Success with or without the message: an artifact that is not known is no error (SAML 2.0 Core §3.5.3). */
async function artifactResponse(
  inResponseTo: string,
  kept: KeptResponse | undefined,
  { parts, algorithm }: Answering,
): Promise<string> {
  const id = `_${parts.random.uuid()}`
  const instant = parts.clock.now().toISOString()
  const issuer = xml`<Issuer xmlns="${saml20}">${parts.identifier}</Issuer>`
  const status = xml`<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"></samlp:StatusCode></samlp:Status>`
  const response = kept && (await formsOf(kept.response))
  const write: SignableElement = (form, signature) =>
    xml`<samlp:ArtifactResponse xmlns:samlp="${saml20Protocol}" ID="${id}" InResponseTo="${inResponseTo}" IssueInstant="${instant}" Version="2.0">${issuer}${signature}${status}${response?.[form]}</samlp:ArtifactResponse>`
  const signed = await signElement(write, { id, key: parts.signingKey, algorithm })
  return xmlText(signed('written'))
}

/** The kept message as it was issued, and as it counts inside an element that declares its prefix already. */
async function formsOf(response: string) {
  const { ExclusiveCanonicalization } = await import('xml-crypto')
  const canonical = String(new ExclusiveCanonicalization().process(rootOf(parseXml(response)) as never, {}))
  return {
    written: alreadyWrittenXml(response),
    canonical: alreadyWrittenXml(canonical.replace(` xmlns:samlp="${saml20Protocol}"`, '')),
  }
}

function envelope(content: string): string {
  return xmlText(xml`<s:Envelope xmlns:s="${soap11}"><s:Body>${alreadyWrittenXml(content)}</s:Body></s:Envelope>`)
}
