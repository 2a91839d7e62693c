import swagger, { type StaticDocumentSpec } from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import type { AnyOperation } from '../kit/operation.ts';
import { eventsPage, eventsPageStyle } from './events-page.ts';

/** What a browser may load for the pages below `/docs`, and nowhere else. */
const uiPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self' https: http:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Serves the documents below `/docs`: the browsable API, its OpenAPI document, and the events of the sockets. */
export function serveDocs(host: FastifyInstance, operations: readonly AnyOperation[]): void {
  const hidden = { schema: { hide: true } };
  host.get('/docs/openapi.json', hidden, async (_request, reply) => reply.send(host.swagger()));

  let page: string | undefined;
  host.get('/docs/events', hidden, async (_request, reply) => {
    page ??= eventsPage(operations);
    return reply
      .header('Content-Security-Policy', `default-src 'none'; style-src '${eventsPageStyle}'; frame-ancestors 'none'`)
      .type('text/html; charset=utf-8')
      .send(page);
  });

  // Made at the first visit: it costs memory and time that a server whose docs nobody reads need not spend.
  let ui: Promise<FastifyInstance> | undefined;
  const openUi = (): Promise<FastifyInstance> => {
    ui ??= createUi(host);
    return ui;
  };
  host.addHook('onClose', async () => (await ui)?.close());
  for (const path of ['/docs', '/docs/*']) {
    host.get(path, hidden, async (request, reply) => {
      const inner = await openUi();
      reply.hijack();
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) reply.raw.setHeader(name, value);
      }
      inner.routing(request.raw, reply.raw);
    });
  }
}

async function createUi(host: FastifyInstance): Promise<FastifyInstance> {
  const [{ default: Fastify }, { default: swaggerUi }] = await Promise.all([
    import('fastify'),
    import('@fastify/swagger-ui'),
  ]);
  const ui = Fastify({ routerOptions: { ignoreTrailingSlash: true } });
  const document = host.swagger() as StaticDocumentSpec['document'];
  await ui.register(swagger, { mode: 'static', specification: { document } });
  await ui.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: uiPolicy,
    uiConfig: { deepLinking: true, docExpansion: 'list', persistAuthorization: false },
    theme: { title: 'Parley API' },
  });
  await ui.ready();
  return ui;
}
