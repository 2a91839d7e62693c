/** Writes the documents that are made from the code, or with `--check` only says which of them are stale. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openApiDocument } from '../api/index.ts';
import { version } from '../app/version.ts';
import { configMarkdown, exampleEnvironment } from './docs/config-documents.ts';
import { eventsMarkdown } from './docs/events-markdown.ts';
import { generateSdkTypes } from './docs/sdk-types.ts';

const root = new URL('../../', import.meta.url);

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

const documents: Readonly<Record<string, () => string | Promise<string>>> = {
  '.env.example': exampleEnvironment,
  'docs/generated/config.md': configMarkdown,
  'docs/generated/events.md': eventsMarkdown,
  'docs/generated/openapi.json': async () => `${JSON.stringify(await openApiDocument(version), null, 2)}\n`,
  'sdk/src/generated/protocol.ts': generateSdkTypes,
};

const stale: string[] = [];
for (const [name, make] of Object.entries(documents)) {
  const path = fileURLToPath(new URL(name, root));
  const text = await make();
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  stale.push(name);
  if (values.check) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

if (values.check && stale.length > 0) {
  console.error(`Stale: ${stale.join(', ')}. Run \`npm run docs\` and commit what it changes.`);
  process.exitCode = 1;
} else {
  console.log(stale.length > 0 ? `Written: ${stale.join(', ')}` : 'Up to date.');
}
