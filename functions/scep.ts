/** @module SCEP: the drop-in path of NDES and SCEPman for Intune, a static endpoint, and further ones. */
import { app } from '@azure/functions';
import { createScepHandler } from '../lib/http/scep.js';
import { bindHttp } from './runtime.js';

/** One route each: the host tries routes by function name, so none may overlap another. */
const ROUTES = {
  'scep-intune': { route: 'certsrv/mscep/mscep.dll/{*rest}', endpoint: 'intune' },
  'scep-static': { route: 'static/{*rest}', endpoint: 'static' },
  'scep-endpoint': { route: 'scep/{endpoint}/{*rest}', endpoint: undefined },
} as const;

for (const [name, { route, endpoint }] of Object.entries(ROUTES)) {
  app.http(name, {
    route,
    methods: ['GET', 'POST'],
    authLevel: 'anonymous',
    handler: bindHttp(({ enrollment, endpoints, scep }) => {
      const handle = createScepHandler(enrollment, endpoints, scep);
      return (request, parameters) =>
        handle(endpoint ?? parameters['endpoint'] ?? '', parameters['rest'] ?? '', request);
    }),
  });
}

/** Where each endpoint is found, for people to copy. */
export function scepPaths(names: Iterable<string>): { readonly name: string; readonly path: string }[] {
  return [...names].map((name) => {
    const own = Object.values(ROUTES).find(({ endpoint }) => endpoint === name);
    return { name, path: own ? `/${own.route.replace('/{*rest}', '')}` : `/scep/${name}` };
  });
}
