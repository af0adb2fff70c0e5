import type { Document, Element, Node } from '@xmldom/xmldom'

export function isElement(node: Node | null): node is Element {
  return node?.nodeType === 1
}

export function childElements(parent: Node): readonly Element[] {
  return Array.from(parent.childNodes).filter((node): node is Element => isElement(node))
}

export function isNamed(element: Element, namespace: string, localName: string): boolean {
  return element.namespaceURI === namespace && element.localName === localName
}

export function childrenNamed(parent: Node, namespace: string, localName: string): readonly Element[] {
  return childElements(parent).filter((element) => isNamed(element, namespace, localName))
}

/** Every element below `parent` in document order, `parent` itself first when it is one. */
export function descendantElements(parent: Document | Element): readonly Element[] {
  const found: Element[] = []
  const open: Node[] = [parent]
  for (let node = open.pop(); node; node = open.pop()) {
    if (isElement(node)) found.push(node)
    // The parser's lists of children are live, and slow to walk by index.
    for (let child = node.lastChild; child; child = child.previousSibling) open.push(child)
  }
  return found
}

export function descendantsNamed(parent: Document | Element, namespace: string, localName: string): readonly Element[] {
  return descendantElements(parent).filter((element) => isNamed(element, namespace, localName))
}

export function attributeOf(element: Element, name: string): string | undefined {
  return element.getAttribute(name) ?? undefined
}
