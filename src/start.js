// What `npm start` runs. Node keeps what it makes of the sources, so that later starts neither parse TypeScript nor load
// the parser: half a second and 20 MB. That has to be on before the first TypeScript is read, so this is JavaScript.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/parley', import.meta.url)));
await import('./main.ts');
