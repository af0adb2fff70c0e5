export * from '#shared/wbxml/elements.ts'
