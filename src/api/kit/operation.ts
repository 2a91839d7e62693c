import type { Static, TObject, TSchema } from 'typebox';
import Type from 'typebox';
import type { FollowGroups, SyncResult } from '../../engine/inbox/index.ts';
import type { Actor, Origin } from '../../engine/shared/actor.ts';

/** From where an operation is called. */
export interface CallContext {
  readonly origin: Origin;
  /** The socket that it came over; null over REST. */
  readonly connection: ConnectionCall | null;
}

/** What an operation may do with the socket that it came over. */
export interface ConnectionCall {
  /** Id of the connection, which events name as their origin. */
  readonly id: string;
  /** Runs a sync and opens the live stream behind its answer. `follow` opens those of groups, at the first time. */
  catchUp(read: (follow?: FollowGroups) => Promise<SyncResult>): Promise<SyncResult>;
  /** Does something whose answer must come before the events that follow it. */
  whileHeld<Value>(work: () => Promise<Value>): Promise<Value>;
  /** Follows the presence and profile of exactly these people from now on. */
  watch(personIds: readonly string[]): Promise<void>;
}

/** What a handler is given of the request, in one object: the parameters of path, query and body together. */
export type InputOf<Params extends TObject, Query extends TObject, Body extends TObject> = Static<Params> &
  Static<Query> &
  Static<Body>;

/** A result as handlers give it: nothing writes to it any more. */
type Result<Value> = Value extends Date
  ? Value
  : Value extends object
    ? { readonly [Key in keyof Value]: Result<Value[Key]> }
    : Value;

interface Common<Params extends TObject, Query extends TObject, Body extends TObject, Output extends TSchema> {
  /** Name in the documents, in the SDK, and of the socket command: noun, dot, verb. */
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/v1`, with `:name` for parameters. */
  readonly path: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Shape of the result; left out where there is none (204). */
  readonly output?: Output;
  /** Status of a success, 200 (or 204) if not given. */
  readonly status?: number | ((output: Result<Static<Output>>) => number);
  /** Writes a result as JSON where there is a cheaper way than `JSON.stringify`. */
  readonly encode?: (output: Result<Static<Output>>) => string;
  /** Whether it can be called over the socket too. */
  readonly socket: boolean;
}

/** One thing that a client can do: its REST route, its socket command, its schemas and its handler, in one place. */
export type Operation<
  Params extends TObject = TObject,
  Query extends TObject = TObject,
  Body extends TObject = TObject,
  Output extends TSchema = TSchema,
> =
  | (Common<Params, Query, Body, Output> & {
      readonly access: 'session';
      readonly handle: (
        actor: Actor,
        input: InputOf<Params, Query, Body>,
        context: CallContext,
      ) => Promise<Result<Static<Output>>>;
    })
  | (Common<Params, Query, Body, Output> & {
      readonly access: 'public';
      readonly handle: (input: InputOf<Params, Query, Body>, context: CallContext) => Promise<Result<Static<Output>>>;
    });

/**
 * An operation whose answer is a JSON document of any size, in pieces. Over REST only. What it throws before the first piece
 * is an ordinary refusal; later the connection is cut, so that nobody takes a part for the whole.
 */
export type StreamedOperation<
  Params extends TObject = TObject,
  Query extends TObject = TObject,
  Body extends TObject = TObject,
> = Omit<Common<Params, Query, Body, TSchema>, 'status' | 'encode' | 'socket'> & {
  readonly access: 'session';
  readonly handle: (
    actor: Actor,
    input: InputOf<Params, Query, Body>,
    context: CallContext,
  ) => Promise<AsyncIterable<string>>;
};

/** An operation of any shape, as the hosts handle it: what goes in was validated by its schemas. */
export type AnyOperation = Omit<Common<TObject, TObject, TObject, TSchema>, 'status' | 'encode'> & {
  readonly status?: number | ((output: unknown) => number);
  readonly encode?: (output: unknown) => string;
  /** The result is an `AsyncIterable<string>`: the pieces of the JSON document. */
  readonly streamed?: true;
} & (
    | {
        readonly access: 'session';
        readonly handle: (actor: Actor, input: unknown, context: CallContext) => Promise<unknown>;
      }
    | { readonly access: 'public'; readonly handle: (input: unknown, context: CallContext) => Promise<unknown> }
  );

/** Defines an operation; inference of the handler's types is all that it does. */
export function operation<
  Params extends TObject = TObject<Record<never, TSchema>>,
  Query extends TObject = TObject<Record<never, TSchema>>,
  Body extends TObject = TObject<Record<never, TSchema>>,
  Output extends TSchema = TSchema,
>(definition: Operation<Params, Query, Body, Output>): AnyOperation {
  return definition as unknown as AnyOperation;
}

/** Defines a {@link StreamedOperation}. */
export function streamedOperation<
  Params extends TObject = TObject<Record<never, TSchema>>,
  Query extends TObject = TObject<Record<never, TSchema>>,
  Body extends TObject = TObject<Record<never, TSchema>>,
>(definition: StreamedOperation<Params, Query, Body>): AnyOperation {
  return { ...definition, socket: false, streamed: true } as unknown as AnyOperation;
}

/** The schema of an operation's whole input, as its socket command takes it. */
export function inputSchema(definition: AnyOperation): TObject {
  const parts = [definition.params, definition.query, definition.body].filter(
    (part) => part !== undefined,
  ) as TObject[];
  const properties = Object.assign({}, ...parts.map((part) => part.properties)) as Record<string, TSchema>;
  return Type.Object(properties, { additionalProperties: false });
}
