import type { Element } from '@xmldom/xmldom'
import { childElements } from '#shared/xml/elements.ts'
import { parseXml, rootOf } from '#shared/xml/parse-xml.ts'
import { XmlRefusal } from '#shared/xml/xml-refusal.ts'
import { ManagementRefusal } from '../farm/management-refusal.ts'
import { filled, type NotTaken, reading, text } from './powershell-values.ts'
import type { ReadTrust } from './read-powershell.ts'

// A policy as `Get-AdfsAccessControlPolicy | Format-List *` shows it: its rules are the XML of PolicyMetadata, which
// `New-AdfsAccessControlPolicy -PolicyMetadata` takes again. ConvertTo-Json writes no kinds of conditions.

const instance = 'http://www.w3.org/2001/XMLSchema-instance'
type Condition = Readonly<Record<string, unknown>>

/** @throws ManagementRefusal that names what cannot be read */
export function accessControlPolicyFromPowerShell(object: Readonly<Record<string, unknown>>): ReadTrust {
  const { Name, Description, PolicyMetadata } = object
  const written = typeof PolicyMetadata === 'string' ? PolicyMetadata : undefined
  if (written === undefined)
    throw refusal('the kinds of its conditions are missing: use Format-List *, or the XML itself')
  const root = rootOf(parsed(written.trim()))
  const notTaken: NotTaken[] = []
  if (textOf(root, 'RequireFreshAuthentication') === 'true') {
    notTaken.push({ property: 'RequireFreshAuthentication', reason: 'a policy cannot ask for it here; a trust can' })
  }
  const rules = children(child(root, 'IssuanceAuthorizationRules'), 'Rule').map(ruleOf)
  const description = filled(Description) ? { description: text(Description) } : {}
  return { settings: { name: reading('Name', () => text(Name)), ...description, rules }, notTaken }
}

function parsed(written: string) {
  try {
    return parseXml(written)
  } catch (error) {
    throw error instanceof XmlRefusal ? refusal(error.reason) : error
  }
}

function refusal(reason: string): ManagementRefusal {
  return new ManagementRefusal(400, `PolicyMetadata: ${reason}`)
}

function ruleOf(rule: Element) {
  const given = children(child(rule, 'Conditions'), 'Condition')
  const requireMfa = given.some((each) => kindOf(each) === 'MultiFactorAuthenticationCondition')
  const conditions = given.filter((each) => kindOf(each) !== 'MultiFactorAuthenticationCondition').map(conditionOf)
  const exceptions = children(child(rule, 'Exceptions'), 'Condition').map(conditionOf)
  return { conditions: conditions.length > 0 ? conditions : [{ kind: 'everyone' }], exceptions, requireMfa }
}

function conditionOf(condition: Element): Condition {
  const kind = kindOf(condition)
  if (kind === 'AlwaysCondition') return { kind: 'everyone' }
  if (kind !== 'SpecificClaimCondition') throw refusal(`conditions of the kind ${kind} cannot be read`)
  const operator = textOf(condition, 'Operator') ?? ''
  const values = children(child(condition, 'Values'), 'Value').map(({ textContent }) => textContent ?? '')
  const claim = { kind: 'claim', type: textOf(condition, 'ClaimType') ?? '' }
  if (values.length < 2) return { ...claim, operator, ...(values[0] !== undefined && { value: values[0] }) }
  if (operator !== 'Equals') throw refusal(`several values with ${operator} cannot be read`)
  // One of them is enough.
  return { ...claim, operator: 'RegExMatch', value: `^(?:${values.map(escaped).join('|')})$` }
}

/** `i:type`, without its prefix. */
function kindOf(condition: Element): string {
  return (condition.getAttributeNS(instance, 'type') ?? '').replace(/^.*:/, '')
}

function child(parent: Element | undefined, name: string): Element | undefined {
  return children(parent, name)[0]
}

function children(parent: Element | undefined, name: string): readonly Element[] {
  return parent ? childElements(parent).filter(({ localName }) => localName === name) : []
}

function textOf(parent: Element, name: string): string | undefined {
  return child(parent, name)?.textContent?.trim()
}

function escaped(value: string): string {
  return value.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
