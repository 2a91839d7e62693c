import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import { EngineError } from '../engine/shared/errors.ts';
import { assertStorableText } from '../engine/shared/text.ts';

/** Checks unknown input against a schema and returns it typed. */
export type Validator<Schema extends TSchema> = (input: unknown) => Static<Schema>;

/**
 * Compiles a schema once.
 *
 * @param options.convert turn strings into the numbers and booleans that the schema asks for; for what comes from a URL,
 *   where all is text
 * @returns throws EngineError `invalid_request` with a JSON Pointer to the first mistake, or `invalid_text`
 */
export function validator<Schema extends TSchema>(
  schema: Schema,
  options: { convert?: boolean } = {},
): Validator<Schema> {
  const compiled = Compile(schema);
  return (input) => {
    const value = options.convert ? Value.Convert(schema, input) : input;
    if (!compiled.Check(value)) {
      const [first] = compiled.Errors(value);
      const path = pointer(first);
      throw new EngineError('invalid_request', `${path || 'The input'} ${first?.message ?? 'is not valid'}.`, { path });
    }
    assertStorableText(value);
    return value as Static<Schema>;
  };
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
