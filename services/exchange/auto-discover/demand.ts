import type { AuthenticationDemand } from '../authentication/authenticate-user.ts'

/** Any token for mail may ask where mail is. */
export const autoDiscoverDemand: AuthenticationDemand = {
  protocol: 'Autodiscover',
  scopes: ['EAS.AccessAsUser.All', 'EWS.AccessAsUser.All', 'MapiHttp.AccessAsUser.All', 'full_access_as_user'],
}
