import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { describedSchemas, withReferences } from './named-schemas.ts';

export interface DocsOptions {
  readonly version: string;
  /** Origin of the server; null for that of the page. */
  readonly publicUrl: string | null;
}

const refer = (name: string): object => ({ $ref: `#/components/schemas/${name}` });

/** Collects the routes that are registered after it into an OpenAPI document: `host.swagger()`. */
export async function describeRoutes(host: FastifyInstance, options: DocsOptions): Promise<void> {
  await host.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Parley',
        version: options.version,
        description: 'The native API. Commands and events of its sockets: see /docs/events.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: options.publicUrl ?? '/' }],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'The `accessToken` that signing in gives.' },
        },
      },
    },
    transformObject: (document) => {
      if (!('openapiObject' in document)) return document.swaggerObject;
      const { paths = {}, components = {}, ...rest } = document.openapiObject;
      return {
        ...rest,
        components: { ...components, schemas: describedSchemas(refer) },
        paths: sorted(withReferences(paths, refer) as object),
      } as typeof document.openapiObject;
    },
  });
}

const sorted = (value: object): object =>
  Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
