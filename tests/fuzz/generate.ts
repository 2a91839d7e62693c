import type { TSchema } from '../../src/api/kit/schemas.ts';
import { wrongValues } from '../harness/bad-input.ts';
import type { Random } from '../harness/random.ts';

/** Real values to draw from, by the name of the field that takes them. */
export type Pool = Readonly<Record<string, readonly string[]>>;

interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly TSchema[];
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
  readonly items?: TSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly maxItems?: number;
  readonly minItems?: number;
  readonly format?: string;
}

const words = [
  'a',
  'ann',
  '👍',
  '日本',
  '%',
  '\\',
  'x'.repeat(5_000),
  '2026-11-21T12:00:00.000Z',
  '+15550100042',
  '0',
  '-1',
];

/**
 * Makes an input that an operation might understand, and sometimes one that it cannot: the interesting mistakes are near
 * what is right.
 *
 * @param chaos how often a part is replaced by something of another type, 0 to 1
 */
export function inputFor(random: Random, schema: TSchema, pool: Pool, chaos: number, field = ''): unknown {
  if (random.chance(chaos)) return random.pick(wrongValues);
  const shape = schema as Shape;
  if (shape.const !== undefined) return shape.const;
  if (shape.enum) return random.pick(shape.enum);
  if (shape.anyOf) return inputFor(random, random.pick(shape.anyOf), pool, chaos, field);
  switch (shape.type) {
    case 'object':
      return objectFor(random, shape, pool, chaos);
    case 'array':
      return Array.from({ length: lengthFor(random, shape) }, () =>
        inputFor(random, shape.items ?? {}, pool, chaos, field.replace(/s$/, '')),
      );
    case 'string':
      return textFor(random, shape, pool, field);
    case 'integer':
    case 'number':
      return numberFor(random, shape);
    case 'boolean':
      return random.chance(0.5);
    case 'null':
      return null;
    default:
      return random.pick(wrongValues);
  }
}

function objectFor(random: Random, shape: Shape, pool: Pool, chaos: number): object {
  const required = new Set(shape.required);
  const entries = Object.entries(shape.properties ?? {})
    .filter(([name]) => (required.has(name) ? !random.chance(chaos / 4) : random.chance(0.4)))
    .map(([name, property]) => [name, inputFor(random, property, pool, chaos, name)] as const);
  return Object.fromEntries(random.chance(chaos / 4) ? [...entries, ['unknown', 1]] : entries);
}

function lengthFor(random: Random, { minItems = 0, maxItems = 5 }: Shape): number {
  return Math.min(maxItems, minItems + random.integer(4));
}

function textFor(random: Random, { maxLength = 100, format }: Shape, pool: Pool, field: string): string {
  const known = pool[field] ?? (/id$/i.test(field) ? pool.anyId : undefined);
  if (known && known.length > 0 && random.chance(0.9)) return random.pick(known);
  if (format === 'date-time') return new Date(Date.UTC(2026, random.integer(24), 1)).toISOString();
  return random.pick(words).slice(0, random.chance(0.9) ? maxLength : undefined);
}

function numberFor(random: Random, { minimum = -5, maximum = 1e6 }: Shape): number {
  const values = [minimum, maximum, minimum + 1, 0, 1, 2, random.integer(50), minimum - 1, maximum + 1];
  return random.pick(values);
}
