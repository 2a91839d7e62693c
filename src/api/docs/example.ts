/** The parts of JSON Schema that the schemas of this server use. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly format?: string;
  readonly pattern?: string;
  readonly description?: string;
  readonly minimum?: number;
}

const id = '0198b6a2-7c1e-7c43-9d0a-5b1f2f3c4d5e';

/** Strings by the name of their property, where the schema alone says too little for a telling example. */
const byName: Readonly<Record<string, string>> = {
  name: 'Ann Archer',
  username: 'ann.archer',
  about: 'At the lake until Monday',
  text: 'Lunch at one?',
  clientId: 'ann-phone-17',
  code: '123456',
  deviceName: "Ann's phone",
  door: 'v1',
  ip: '203.0.113.7',
  userAgent: 'Example/1.0',
  reason: 'signed_out',
  command: 'messages.send',
  q: 'ann',
  note: 'Sends the same link to everybody',
  phone: '+15550100042',
  photoUrl: 'https://example.com/ann.jpg',
  value: '+15550100042',
  password: 'a long pass phrase',
  current: 'a long pass phrase',
};

/** A value that a schema allows, the same one each time. */
export function example(given: object, name = ''): unknown {
  const schema = given as Schema;
  if (schema.const !== undefined) return schema.const;
  if (schema.examples && schema.examples.length > 0) return schema.examples[0];
  if (schema.anyOf) return example(schema.anyOf[0] as object, name);
  if (schema.properties) {
    return Object.fromEntries(Object.entries(schema.properties).map(([key, part]) => [key, example(part, key)]));
  }
  switch (schema.type) {
    case 'array':
      return schema.items ? [example(schema.items, name)] : [];
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return schema.default ?? Math.max(schema.minimum ?? 0, 1);
    case 'null':
      return null;
    case 'string':
      if (schema.format === 'date-time') return '2026-01-31T12:00:00.000Z';
      return byName[name] ?? (/id|people|removed|known/i.test(name) ? id : 'text');
    default:
      return {};
  }
}
