import { nativeOperations, type SocketDocument, socketDocument } from '../../api/index.ts';
import type { Engine } from '../../engine/engine.ts';

const json = (value: unknown): string => `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
const folded = (title: string, value: unknown): string =>
  `<details><summary>${title}</summary>\n\n${json(value)}\n\n</details>`;
const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

function command({ name, summary, description, route, input, output }: SocketDocument['commands'][number]): string {
  return [
    `### \`${name}\``,
    [sentence(summary), description].filter(Boolean).join(' '),
    `REST: \`${route}\``,
    `Input:`,
    json(input.example),
    folded('Schema of the input', input.schema),
    ...(output
      ? ['Data of the answer:', json(output.example), folded('Schema of the data', output.schema)]
      : ['Data of the answer: `null`']),
  ].join('\n\n');
}

function event({ type, summary, data }: SocketDocument['events'][number]): string {
  return [
    `### \`${type}\``,
    sentence(summary),
    json({ type, data: data.example }),
    folded('Schema of the data', data.schema),
  ].join('\n\n');
}

/** docs/generated/events.md */
export function eventsMarkdown(): string {
  // Operations are only described here and never called, so they need no engine.
  const { commands, events, schemas } = socketDocument(nativeOperations({} as Engine));
  return `${[
    '# Socket commands and events',
    '<!-- Made by `npm run docs` from src/api. Do not edit. -->',
    'Socket.IO, namespace `/v1`, with `{ auth: { token } }` in the handshake. A command is `emit(name, input, ack)`; its answer is `{ ok: true, data }` or `{ ok: false, error: { code, message, details } }`. Events come as `events`, an array of `{ type, data }`, after the first `sync`. Each command is also a REST route.',
    '`{ "$ref": "Message" }` names one of the [schemas](#schemas) at the end.',
    '## Commands',
    ...commands.map(command),
    '## Events',
    ...events.map(event),
    '## Schemas',
    ...schemas.map(({ name, schema }) => `### ${name}\n\n${json(schema)}`),
  ].join('\n\n')}\n`;
}
