import { createHash } from 'node:crypto';
import type { AnyOperation } from '../kit/operation.ts';
import { socketDocument } from './socket-document.ts';

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}' +
  'pre{background:#f4f4f5;padding:.75rem;overflow:auto;border-radius:.4rem;font-size:.85rem}' +
  'h2{margin-top:3rem}h3{margin-top:2rem;border-top:1px solid #ddd;padding-top:1rem}summary{cursor:pointer}' +
  '@media(prefers-color-scheme:dark){body{color:#ddd;background:#18181b}pre{background:#27272a}a{color:#8ab4f8}}';

/** How a content security policy names the style of the page. */
export const eventsPageStyle: string = `sha256-${createHash('sha256').update(style).digest('base64')}`;

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
const prose = (text: string): string => escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');
const json = (value: unknown): string => `<pre>${escaped(JSON.stringify(value, null, 2))}</pre>`;
const folded = (title: string, value: unknown): string =>
  `<details><summary>${escaped(title)}</summary>${json(value)}</details>`;
const heading = (id: string): string => `<h3 id="${escaped(id)}"><code>${escaped(id)}</code></h3>`;

/** A page about the commands and events of the native door's sockets, without a script. */
export function eventsPage(operations: readonly AnyOperation[]): string {
  const { commands, events, schemas } = socketDocument(operations);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Parley: socket commands and events</title>
<style>${style}</style>
</head>
<body>
<h1>Socket commands and events</h1>
<p>Socket.IO, namespace <code>/v1</code>, with <code>{ auth: { token } }</code> in the handshake. A command is
<code>emit(name, input, ack)</code>; its answer is <code>{ ok: true, data }</code> or <code>{ ok: false, error }</code>.
Events come as <code>events</code>, an array of <code>{ type, data }</code>, after the first <a href="#sync">sync</a>.
Each command is also a route: see <a href="/docs">the REST API</a>.</p>
<h2>Commands</h2>
${commands
  .map(
    (command) =>
      `${heading(command.name)}<p>${prose(command.summary)}. ${prose(command.description ?? '')}</p>` +
      `<p>REST: <code>${escaped(command.route)}</code></p>` +
      `<p>Input</p>${json(command.input.example)}${folded('Schema of the input', command.input.schema)}` +
      (command.output
        ? `<p>Data of the answer</p>${json(command.output.example)}${folded('Schema of the data', command.output.schema)}`
        : '<p>Data of the answer: <code>null</code></p>'),
  )
  .join('\n')}
<h2>Events</h2>
${events
  .map(
    ({ type, summary, data }) =>
      `${heading(type)}<p>${prose(summary)}</p>${json({ type, data: data.example })}${folded('Schema of the data', data.schema)}`,
  )
  .join('\n')}
<h2>Schemas</h2>
${schemas.map(({ name, schema }) => `${heading(name)}${json(schema)}`).join('\n')}
</body>
</html>
`;
}
