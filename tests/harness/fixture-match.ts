/** Values that fixtures refer to, by name. */
export type Values = (name: string) => unknown;

/** Expectations that have a name: `<Chat>`. */
export type Shapes = Readonly<Record<string, unknown>>;

interface Context {
  readonly values: Values;
  readonly shapes: Shapes;
}

/** Puts values where a text names them: `{{chat}}`. A text that is nothing but a name becomes the value itself. */
export function fill(template: unknown, values: Values): unknown {
  if (typeof template === 'string') {
    const whole = /^\{\{([^{}]+)\}\}$/.exec(template)?.[1];
    if (whole !== undefined) return values(whole);
    return template.replaceAll(/\{\{([^{}]+)\}\}/g, (_, name: string) => String(values(name)));
  }
  if (Array.isArray(template)) return template.map((item) => fill(item, values));
  if (isObject(template)) {
    return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fill(value, values)]));
  }
  return template;
}

const matchers: Readonly<Record<string, (value: unknown) => boolean>> = {
  any: () => true,
  id: (value) => typeof value === 'string' && /^[\w-]{8,}$/.test(value),
  serial: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) < 10 ** 12,
  date: (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value),
  url: (value) => typeof value === 'string' && /^https?:\/\/[^/\s]+\/\S+$/.test(value),
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
};

/**
 * What of a value is not as expected. In an expectation
 * - `<id>`, `<serial>` (an id that counts from 1), `<date>` (ISO 8601 with milliseconds), `<url>` (absolute), `<string>`,
 *   `<number>`, `<boolean>` and `<any>` stand for such a value, `<Chat>` for the shape of that name, and `<date?>` for one of
 *   them or null;
 * - objects have these keys and no other, but where they have the key `...`; `key?` may be missing;
 * - `{"$is": "Chat", ...}` is a shape with some of its keys expected otherwise;
 * - `{"$any": [...]}` is one of several, `{"$each": ..., "$least": 1}` a list of like things;
 * - a list that ends with `...` may go on.
 *
 * @param place names the value in what is returned
 */
export function differences(actual: unknown, expected: unknown, context: Context, place: string): string[] {
  const { values, shapes } = context;
  if (typeof expected === 'string') {
    const [, name, optional] = /^<(\w+)(\?)?>$/.exec(expected) ?? [];
    if (name === undefined) return same(actual, fill(expected, values), place);
    if (optional && actual === null) return [];
    if (Object.hasOwn(shapes, name)) return differences(actual, shapes[name], context, place);
    const matches = matchers[name];
    if (!matches) throw new Error(`There is no shape ${name}.`);
    return matches(actual) ? [] : [`${place} is ${JSON.stringify(actual)} and not ${expected}`];
  }
  if (Array.isArray(expected)) return ofList(actual, expected, context, place);
  if (!isObject(expected)) return same(actual, expected, place);
  if (Array.isArray(expected.$any)) {
    const tried = expected.$any.map((one) => differences(actual, one, context, place));
    return tried.some((wrong) => wrong.length === 0) ? [] : (tried.at(-1) ?? []);
  }
  if ('$each' in expected) {
    if (!Array.isArray(actual)) return [`${place} is no list`];
    const { $each, $least = 0 } = expected;
    const few = actual.length < Number($least) ? [`${place} has ${actual.length} items, and not ${$least}`] : [];
    return [...few, ...actual.flatMap((item, index) => differences(item, $each, context, `${place}[${index}]`))];
  }
  return ofObject(actual, withShape(expected, shapes), context, place);
}

/** The value at a path such as `data.chat._id`. */
export const valueAt = (from: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
      from,
    );

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const same = (actual: unknown, expected: unknown, place: string): string[] =>
  JSON.stringify(actual) === JSON.stringify(expected)
    ? []
    : [`${place} is ${JSON.stringify(actual)} and not ${JSON.stringify(expected)}`];

function withShape(expected: Readonly<Record<string, unknown>>, shapes: Shapes): Readonly<Record<string, unknown>> {
  const { $is, ...rest } = expected;
  if (typeof $is !== 'string') return expected;
  const shape = shapes[$is];
  if (!isObject(shape)) throw new Error(`There is no shape ${$is}.`);
  return { ...withShape(shape, shapes), ...rest };
}

function ofList(actual: unknown, expected: readonly unknown[], context: Context, place: string): string[] {
  if (!Array.isArray(actual)) return [`${place} is no list`];
  const open = expected.at(-1) === '...';
  const items = open ? expected.slice(0, -1) : expected;
  if (open ? actual.length < items.length : actual.length !== items.length) {
    return [`${place} has ${actual.length} items, and not ${items.length}`];
  }
  return items.flatMap((item, index) => differences(actual[index], item, context, `${place}[${index}]`));
}

function ofObject(
  actual: unknown,
  expected: Readonly<Record<string, unknown>>,
  context: Context,
  place: string,
): string[] {
  if (!isObject(actual)) return [`${place} is ${JSON.stringify(actual)} and no object`];
  const wrong: string[] = [];
  const known = new Set<string>();
  for (const [given, value] of Object.entries(expected)) {
    if (given === '...') continue;
    const key = given.replace(/\?$/, '');
    known.add(key);
    if (Object.hasOwn(actual, key)) wrong.push(...differences(actual[key], value, context, `${place}.${key}`));
    else if (key === given) wrong.push(`${place}.${key} is missing`);
  }
  if (!('...' in expected)) {
    for (const key of Object.keys(actual)) if (!known.has(key)) wrong.push(`${place}.${key} is too many`);
  }
  return wrong;
}
