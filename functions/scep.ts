/** @module SCEP: the drop-in path of NDES and SCEPman for Intune, a static endpoint, and further ones. */
import { app } from '@azure/functions';
import type { App } from '../lib/app/compose.js';
import { createScepHandler, type ScepHandler } from '../lib/http/scep.js';
import { requestsOf } from './address-limits.js';
import { bindHttp } from './runtime.js';

/** One route each: the host tries routes by function name, so none may overlap another. */
const ROUTES = {
  'scep-intune': { route: 'certsrv/mscep/mscep.dll/{*rest}', endpoint: 'intune' },
  'scep-static': { route: 'static/{*rest}', endpoint: 'static' },
  'scep-endpoint': { route: 'scep/{endpoint}/{*rest}', endpoint: undefined },
} as const;

const handlers = new WeakMap<App, ScepHandler>();

/** One for all routes, so that its limits count them together. */
function handlerOf(app: App): ScepHandler {
  let handler = handlers.get(app);
  if (!handler) {
    const addressLimit = requestsOf(app);
    handler = createScepHandler(app.enrollment, app.endpoints, { ...app.scep, addressLimit });
    handlers.set(app, handler);
  }
  return handler;
}

for (const [name, { route, endpoint }] of Object.entries(ROUTES)) {
  app.http(name, {
    route,
    methods: ['GET', 'POST'],
    authLevel: 'anonymous',
    handler: bindHttp((composed) => {
      const handle = handlerOf(composed);
      return (request, parameters) =>
        handle(endpoint ?? parameters['endpoint'] ?? '', parameters['rest'] ?? '', request);
    }),
  });
}

/** Where each endpoint is found, for people to copy into profiles: over HTTPS wherever the app insists on it. */
export function scepUrls({ endpoints, config }: App): { readonly name: string; readonly url: string }[] {
  const { publicUrl, settings } = config;
  const base = settings.SKEP_HTTPS_ONLY ? publicUrl.replace(/^http:/, 'https:') : publicUrl;
  return [...endpoints.keys()].map((name) => {
    const own = Object.values(ROUTES).find(({ endpoint }) => endpoint === name);
    return { name, url: `${base}/${own ? own.route.replace('/{*rest}', '') : `scep/${name}`}` };
  });
}
