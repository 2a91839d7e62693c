import * as authSchemas from '../../api/auth/schemas.ts';
import * as contactSchemas from '../../api/contacts/schemas.ts';
import * as conversationSchemas from '../../api/conversations/schemas.ts';
import { type AnyOperation, inputSchema, nativeOperations, socketEvents } from '../../api/index.ts';
import * as mediaSchemas from '../../api/media/schemas.ts';
import * as messageSchemas from '../../api/messages/schemas.ts';
import * as moderationSchemas from '../../api/moderation/schemas.ts';
import * as peopleSchemas from '../../api/people/schemas.ts';
import { PresenceState } from '../../api/presence/operations.ts';
import * as schedulingSchemas from '../../api/scheduling/schemas.ts';
import type { Engine } from '../../engine/engine.ts';
import { errorCodes } from '../../engine/shared/errors.ts';

/** The parts of JSON Schema that the schemas of the native door use. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly const?: unknown;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
}

/** Objects that have a name among the schemas of a feature get a type of that name. */
const named = Object.entries({
  ...peopleSchemas,
  ...contactSchemas,
  ...messageSchemas,
  ...conversationSchemas,
  PresenceState,
  ...schedulingSchemas,
  ...authSchemas,
  ...moderationSchemas,
  ...mediaSchemas,
} as unknown as Record<string, Schema>).filter(([, schema]) => schema.type === 'object');
const nameOf = new Map(named.map(([name, schema]) => [JSON.stringify(schema), name]));

const widest = 120;

/**
 * The TypeScript of `sdk/src/generated/protocol.ts`: what the native door takes and sends, made from the schemas that
 * it validates with. On the wire a time is a string in ISO 8601.
 */
export async function generateSdkTypes(): Promise<string> {
  // Operations are only described here and never called, so they need no engine.
  const operations = nativeOperations({} as Engine);
  const parts = [
    '// Made from the schemas of the server by `npm run docs`. Do not edit.\n',
    union('ErrorCode', 'Every reason for which the server refuses. New ones may be added.', errorCodes),
    ...named.map(([name, schema]) => `export interface ${name} ${objectOf(schema, '')}\n`),
    operationTypes(operations),
    operationRoutes(operations),
    eventTypes(),
  ];
  return parts.join('\n');
}

function union(name: string, comment: string, values: readonly string[]): string {
  return `/** ${comment} */\nexport type ${name} =\n${values.map((value) => `  | ${quote(value)}`).join('\n')};\n`;
}

function operationTypes(operations: readonly AnyOperation[]): string {
  const entries = operations.map((operation) => {
    const input = inputSchema(operation) as unknown as Schema;
    const output = operation.output as unknown as Schema | undefined;
    const text = operation.description ? `${operation.summary}. ${operation.description}` : `${operation.summary}.`;
    return [
      comment(text, '  '),
      `  ${quote(operation.name)}: {\n`,
      `    input: ${typeOf(input, '    ')};\n`,
      `    output: ${output ? typeOf(output, '    ') : 'null'};\n`,
      '  };\n',
    ].join('');
  });
  return `/** Everything that a client can do, by name. */\nexport interface Operations {\n${entries.join('')}}\n`;
}

function operationRoutes(operations: readonly AnyOperation[]): string {
  const entries = operations.map((operation) => {
    const query = Object.keys(operation.query?.properties ?? {}).map(quote);
    const fields = [`method: ${quote(operation.method)}`, `path: ${quote(operation.path)}`, `query: [${query}]`];
    const line = `  ${quote(operation.name)}: { ${fields.join(', ').replaceAll("','", "', '")} },`;
    return line.length <= widest
      ? line
      : `  ${quote(operation.name)}: {\n${fields.map((field) => `    ${field.replaceAll("','", "', '")},\n`).join('')}  },`;
  });
  return [
    "/** Each operation's REST route. What is neither in the path nor in the query goes into the body. */",
    'export const routes = {',
    ...entries,
    '} as const satisfies Record<keyof Operations, { method: string; path: string; query: readonly string[] }>;\n',
  ].join('\n');
}

function eventTypes(): string {
  const entries = Object.entries(socketEvents).map(
    ([type, { summary, data }]) =>
      `${comment(summary, '  ')}  ${quote(type)}: ${typeOf(data as unknown as Schema, '  ')};\n`,
  );
  return [
    '/** What each event carries, by type. */',
    `export interface Events {\n${entries.join('')}}`,
    '',
    '/** An event as it comes over the socket, in arrays under the name `events`. */',
    'export type WireEvent = { [Type in keyof Events]: { type: Type; data: Events[Type] } }[keyof Events];\n',
  ].join('\n');
}

function typeOf(schema: Schema, indent: string): string {
  const name = nameOf.get(JSON.stringify(schema));
  if (name) return name;
  if (schema.const !== undefined) return typeof schema.const === 'string' ? quote(schema.const) : String(schema.const);
  if (schema.anyOf) return schema.anyOf.map((option) => typeOf(option, indent)).join(' | ');
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'number':
    case 'null':
      return schema.type;
    case 'integer':
      return 'number';
    case 'array':
      return schema.items?.anyOf ? `(${typeOf(schema.items, indent)})[]` : `${typeOf(schema.items ?? {}, indent)}[]`;
    case 'object':
      return schema.patternProperties
        ? `Record<string, ${typeOf(Object.values(schema.patternProperties)[0] ?? {}, indent)}>`
        : objectOf(schema, indent);
    case undefined:
      return 'unknown';
    default:
      throw new Error(`The generator knows no type ${schema.type}.`);
  }
}

function objectOf(schema: Schema, indent: string): string {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) return schema.properties ? 'Record<string, never>' : 'object';
  const required = new Set(schema.required);
  const inner = `${indent}  `;
  const lines = properties.map(([key, property]) => {
    // `| undefined`: optional properties may also be given as undefined, which JSON leaves out.
    const type = required.has(key) ? typeOf(property, inner) : `${typeOf(property, inner)} | undefined`;
    return `${comment(describe(property), inner)}${inner}${key}${required.has(key) ? '' : '?'}: ${type};\n`;
  });
  return `{\n${lines.join('')}${indent}}`;
}

/** A nullable property has its description at the part that is not null. */
function describe(schema: Schema): string | undefined {
  return schema.description ?? schema.anyOf?.find((option) => !nameOf.has(JSON.stringify(option)))?.description;
}

function comment(text: string | undefined, indent: string): string {
  if (text === undefined) return '';
  const safe = text.replaceAll('*/', '*\\/');
  const line = `${indent}/** ${safe} */`;
  if (line.length <= widest) return `${line}\n`;
  const lines: string[] = [];
  for (const word of safe.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && indent.length + 4 + last.length + word.length <= widest)
      lines[lines.length - 1] += ` ${word}`;
    else lines.push(word);
  }
  return `${indent}/**\n${lines.map((each) => `${indent} * ${each}\n`).join('')}${indent} */\n`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
