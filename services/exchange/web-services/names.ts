/** [MS-OXWSCDATA] 1.7: the namespaces of Exchange Web Services. */
export const soapNamespace = 'http://schemas.xmlsoap.org/soap/envelope/'
export const messagesNamespace = 'http://schemas.microsoft.com/exchange/services/2006/messages'
export const typesNamespace = 'http://schemas.microsoft.com/exchange/services/2006/types'
export const errorsNamespace = 'http://schemas.microsoft.com/exchange/services/2006/errors'
