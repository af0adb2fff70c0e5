import type { Element } from '@xmldom/xmldom'
import type { Sensitivity } from '../../mailbox/item-properties.ts'
import { child, children, textOf } from '../elements.ts'

export function sensitivityIn(element: Element): Sensitivity | undefined {
  const written = textOf(element, 'Sensitivity')?.toLowerCase()
  return written === 'normal' || written === 'personal' || written === 'private' || written === 'confidential'
    ? written
    : undefined
}

export function categoriesIn(element: Element): readonly string[] {
  return children(child(element, 'Categories')).map((each) => each.textContent ?? '')
}
