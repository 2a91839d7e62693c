import Type, { type TObject, type TSchema } from 'typebox';
import { errorCodes } from '../../engine/shared/errors.ts';
import type { AnyOperation } from './operation.ts';
import { output } from './schemas.ts';

/** How every error of the native door looks. */
export const ErrorBody = output({
  error: output({
    code: Type.Union(
      errorCodes.map((code) => Type.Literal(code)),
      { description: 'Stable; meant for programs.' },
    ),
    message: Type.String({ description: 'One sentence for developers.' }),
    details: Type.Record(Type.String(), Type.Unknown(), {
      description: 'Facts by name, such as `path` (JSON Pointer to the mistake) or `retryAfter` (seconds).',
    }),
    requestId: Type.Optional(Type.String({ description: 'Names the request in the log of the server.' })),
  }),
});

/** A route that takes or gives bytes, and so is no operation. */
export interface DocumentedRoute {
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: 'session' | 'public';
  readonly params?: TObject;
  readonly query?: TObject;
  readonly output?: TSchema;
  readonly status?: number;
  /** Its body is multipart, with a file. */
  readonly takesFile?: true;
  /** Its answer is a file. */
  readonly givesFile?: true;
}

const file = { type: 'string', format: 'binary' };

/** What OpenAPI has to know of a route that is no operation. */
export function routeDocument({ takesFile, givesFile, ...route }: DocumentedRoute): object {
  const document = operationDocument({ ...route, method: 'GET', path: '', socket: false } as unknown as AnyOperation);
  const { 204: _none, ...responses } = (document as { response: Record<string, object> }).response;
  return {
    ...document,
    ...(takesFile && {
      consumes: ['multipart/form-data'],
      body: { type: 'object', required: ['file'], properties: { file } },
    }),
    ...(givesFile && {
      response: { ...responses, 200: { description: 'The bytes', content: { '*/*': { schema: file } } } },
    }),
  };
}

/** What OpenAPI has to know of an operation, in the form of Fastify's route schemas. */
export function operationDocument(operation: AnyOperation): object {
  const status = typeof operation.status === 'number' ? operation.status : operation.output ? 200 : 204;
  const json = (description: string, schema: TSchema) => ({ description, content: { 'application/json': { schema } } });
  return {
    operationId: operation.name,
    tags: [operation.name.split('.')[0]],
    summary: operation.summary,
    ...(operation.description !== undefined && { description: operation.description }),
    ...(operation.params && { params: operation.params }),
    ...(operation.query && { querystring: operation.query }),
    ...(operation.body && { body: operation.body }),
    response: {
      [status]: operation.output ? json('Success', operation.output) : { description: 'Success', type: 'null' },
      '4XX': json('Refused; see `code`.', ErrorBody),
      '5XX': json('The server cannot serve now.', ErrorBody),
    },
    security: operation.access === 'session' ? [{ bearer: [] }] : [],
  };
}
