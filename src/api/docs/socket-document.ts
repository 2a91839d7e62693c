import { type SocketEventType, socketEvents } from '../events.ts';
import { type AnyOperation, inputSchema } from '../kit/operation.ts';
import type { TSchema } from '../kit/schemas.ts';
import { example } from './example.ts';
import { describedSchemas, withReferences } from './named-schemas.ts';

interface DescribedSchema {
  readonly schema: object;
  readonly example: unknown;
}

/** A command of the native door's sockets. */
export interface CommandDocument {
  readonly name: string;
  readonly summary: string;
  readonly description: string | null;
  /** The REST route that does the same. */
  readonly route: string;
  readonly input: DescribedSchema;
  /** null where there is nothing to return. */
  readonly output: DescribedSchema | null;
}

export interface EventDocument {
  readonly type: SocketEventType;
  readonly summary: string;
  readonly data: DescribedSchema;
}

/** All that there is to say of the native door's sockets, sorted by name. */
export interface SocketDocument {
  readonly commands: readonly CommandDocument[];
  readonly events: readonly EventDocument[];
  readonly schemas: readonly { readonly name: string; readonly schema: object }[];
}

const refer = (name: string): object => ({ $ref: name });
const describe = (schema: TSchema): DescribedSchema => ({
  schema: withReferences(schema, refer) as object,
  example: example(schema),
});
const by =
  <Item>(key: (item: Item) => string) =>
  (a: Item, b: Item): number =>
    key(a) < key(b) ? -1 : 1;

export function socketDocument(operations: readonly AnyOperation[]): SocketDocument {
  return {
    commands: operations
      .filter((operation) => operation.socket)
      .map((operation) => ({
        name: operation.name,
        summary: operation.summary,
        description: operation.description ?? null,
        route: `${operation.method} /v1${operation.path}`,
        input: describe(inputSchema(operation)),
        output: operation.output ? describe(operation.output) : null,
      }))
      .sort(by(({ name }) => name)),
    events: Object.entries(socketEvents)
      .map(([type, { summary, data }]) => ({ type: type as SocketEventType, summary, data: describe(data) }))
      .sort(by(({ type }) => type)),
    schemas: Object.entries(describedSchemas(refer)).map(([name, schema]) => ({ name, schema })),
  };
}
