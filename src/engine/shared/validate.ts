import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { EngineError } from './errors.ts';
import { assertStorableText } from './text.ts';

/** Checks unknown input against a schema and returns it typed. */
export type Validator<Schema extends TSchema> = (input: unknown) => Static<Schema>;

/**
 * Compiles a schema once.
 *
 * @param options.convert turn strings into the whole numbers and booleans that the schema asks for; for what comes from a
 *   URL, where all is text
 * @returns throws EngineError `invalid_request` with a JSON Pointer to the first mistake, or `invalid_text`
 */
export function validator<Schema extends TSchema>(
  schema: Schema,
  options: { convert?: boolean } = {},
): Validator<Schema> {
  const compiled = Compile(schema);
  return (input) => {
    const value = options.convert ? fromText(schema, input) : input;
    if (!compiled.Check(value)) {
      const [first] = compiled.Errors(value);
      const path = pointer(first);
      throw new EngineError('invalid_request', `${path || 'The input'} ${first?.message ?? 'is not valid'}.`, { path });
    }
    assertStorableText(value);
    return value as Static<Schema>;
  };
}

/**
 * The properties of an object, each as the type that its schema asks for. What is not plainly written as that type stays
 * text and is refused: to guess that 1.5 or an empty text means some whole number would hide a client's mistake.
 */
function fromText(schema: TSchema, input: unknown): unknown {
  const { properties = {} } = schema as { properties?: Record<string, { type?: string }> };
  const entries = Object.entries((input ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    entries.map(([name, text]) => {
      const type = Object.hasOwn(properties, name) ? properties[name]?.type : undefined;
      if (type === 'integer' && typeof text === 'string' && /^-?\d{1,16}$/.test(text)) return [name, Number(text)];
      if (type === 'boolean' && (text === 'true' || text === 'false')) return [name, text === 'true'];
      return [name, text];
    }),
  );
}

interface SchemaError {
  readonly instancePath: string;
  readonly message: string;
  readonly keyword?: string;
  readonly params?: unknown;
}

/** Where the mistake is. For a missing property the error is at its parent and names it in its parameters. */
function pointer(error: SchemaError | undefined): string {
  if (!error) return '';
  const { requiredProperties } = (error.params ?? {}) as { requiredProperties?: string[] };
  const [missing] = requiredProperties ?? [];
  return missing === undefined ? error.instancePath : `${error.instancePath}/${missing}`;
}
