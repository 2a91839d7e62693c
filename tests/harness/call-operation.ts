import type { AnyOperation } from '../../src/api/index.ts';

/** What an operation has answered over REST. */
export interface OperationAnswer {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
  readonly body: any;
}

/** Calls an operation over REST with one object for path, query and body, as a command of the socket takes it. */
export async function callOperation(
  app: { readonly url: string },
  token: string | null,
  operation: AnyOperation,
  input: Readonly<Record<string, unknown>>,
): Promise<OperationAnswer> {
  const entries = Object.entries(input);
  const named = (schema: { properties: object } | undefined, name: string): boolean =>
    schema !== undefined && Object.hasOwn(schema.properties, name);
  const path = operation.path.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(asText(input[name] ?? 'none')),
  );
  const query = new URLSearchParams(
    entries
      .filter(([name]) => named(operation.query, name))
      .map(([name, value]): [string, string] => [name, asText(value)]),
  );
  const body = entries.filter(([name]) => !named(operation.params, name) && !named(operation.query, name));
  const response = await fetch(`${app.url}/v1${path}?${query}`, {
    method: operation.method,
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(operation.body && { 'content-type': 'application/json' }),
    },
    ...(operation.body && { body: JSON.stringify(Object.fromEntries(body)) }),
  });
  const text = await response.text();
  return { status: response.status, text, body: parsed(text) };
}

const asText = (value: unknown): string =>
  typeof value === 'string' ? value.toWellFormed() : (JSON.stringify(value) ?? '');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
