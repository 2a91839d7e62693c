import { readdirSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** Rules on the text of src that the import rule cannot see. */
const rules = [
  {
    name: 'only src/config reads the environment',
    allowed: /^config\//,
    pattern:
      /\bprocess\s*(\?\.|\.|\[\s*['"])\s*env\b|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b|\{[^}]*\benv\b[^}]*\}\s*from\s*['"](node:)?process['"]/,
    violations: [
      'const port = process.env.PORT;',
      "process['env'].PORT",
      'process?.env',
      'const { env } = process;',
      "import { argv, env } from 'node:process';",
    ],
    harmless: [
      'process.environment',
      'const { argv } = process;',
      'config.env',
      "import { env } from './environment.ts';",
    ],
  },
  {
    name: 'types are imported at the top of a file, where the import rule sees them',
    allowed: /^$/,
    pattern: /\btypeof\s+import\(|\bimport\(\s*['"][^'"]*['"]\s*\)\s*\.\s*[A-Z]/,
    violations: [
      "type Store = import('../messages/store.ts').Store;",
      "const store: import('./store.ts').Store = x;",
      "type Module = typeof import('./store.ts');",
    ],
    harmless: [
      "const store = await import('./store.ts');",
      "const load = () => import('./store.ts');",
      "const load = () => import('./store.ts').then(use);",
    ],
  },
];

const root = fileURLToPath(new URL('../../src/', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.split(sep).join('/'));

describe.each(rules)('$name', ({ allowed, pattern, violations, harmless }) => {
  it('in src', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((file) => !allowed.test(file) && pattern.test(readFileSync(root + file, 'utf8')))).toEqual([]);
  });

  it('and a violation would be seen', () => {
    expect(violations.filter((line) => !pattern.test(line))).toEqual([]);
    expect(harmless.filter((line) => pattern.test(line))).toEqual([]);
  });
});
