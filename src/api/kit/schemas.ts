import Type, { type TObject, type TProperties, type TSchema } from 'typebox';

/** An object that a client sends. Unknown properties are refused, so that a typing error is not silently ignored. */
export const input = <Properties extends TProperties>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false });

/** An object that the server sends. Clients ignore what they do not know: later versions add to it. */
export const output = <Properties extends TProperties>(
  properties: Properties,
  options: { description?: string } = {},
) => Type.Object(properties, options);

/** An id. Any string is taken; one that names nothing gives `..._not_found`. */
export const Id = (description: string) => Type.String({ minLength: 1, maxLength: 64, description });

/** A point in time, ISO 8601 in UTC. Handlers return a Date and JSON makes the string. */
export const Time = (description: string) => Type.Unsafe<Date>(Type.String({ format: 'date-time', description }));

/** A counter such as `seq`. */
export const Counter = (description: string) =>
  Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description });

/** One of some words. */
export const oneOf = <const Word extends string>(words: readonly Word[], options: { description?: string } = {}) =>
  Type.Unsafe<Word>(
    Type.Union(
      words.map((word) => Type.Literal(word)),
      options,
    ),
  );

export const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

export const Limit = (most: number, usual: number) =>
  Type.Optional(
    Type.Integer({ minimum: 1, maximum: most, default: usual, description: `At most ${most}; ${usual} if not given.` }),
  );

export const Cursor = Type.Optional(
  Type.String({ minLength: 1, maxLength: 500, description: '`next` of the page before. Without it, the first page.' }),
);

/** A page of a list. */
export const page = <Schema extends TSchema>(items: Schema) =>
  output({
    items: Type.Array(items),
    next: nullable(Type.String({ description: 'Cursor of the next page; null on the last.' })),
  });

export type { TObject, TSchema };
export { Type };
