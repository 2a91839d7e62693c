import { type Setting, settings } from '../../config/index.ts';

const all: readonly Setting[] = Object.values(settings);

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** docs/generated/config.md */
export function configMarkdown(): string {
  const rows = all.map(({ name, aliases = [], default: usual, description }) => {
    const names = [name, ...aliases].map((text) => `\`${text}\``).join('<br>or ');
    return `| ${names} | ${usual === '' ? '' : `\`${cell(usual)}\``} | ${cell(description)} |`;
  });
  return `${[
    '# Settings',
    '',
    '<!-- Made by `npm run docs` from src/config/settings.ts. Do not edit. -->',
    '',
    'Settings are environment variables, all optional; `npm start` and `npm run parley` also read a file `.env`. Where a setting has several names, the first that is set counts. `npm run parley -- doctor` checks them.',
    '',
    '| variable | default | meaning |',
    '|---|---|---|',
    '| `NODE_ENV` | `development` | `production` refuses weak settings and closes what is open for development. |',
    ...rows,
  ].join('\n')}\n`;
}

const wrap = (text: string, width: number): string[] => {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
};

/** .env.example */
export function exampleEnvironment(): string {
  const entries = all.map(({ name, aliases = [], default: usual, description, secret }) => {
    const also = aliases.length > 0 ? ` Also read from ${aliases.join(', ')}.` : '';
    // A default that is prose, such as one that depends on NODE_ENV, is no value.
    const value = secret || /\s/.test(usual) ? '' : usual;
    const note = /\s/.test(usual) ? ` Default: ${usual}.` : '';
    return [...wrap(`${description}${also}${note}`, 100).map((line) => `# ${line}`), `#${name}=${value}`].join('\n');
  });
  return `${[
    '# Made by `npm run docs` from src/config/settings.ts: do not edit. Copy it to .env and set what you need there.',
    '# A line shows the default. Nothing has to be set for development.',
    '',
    '# `production` refuses weak settings and closes what is open for development.',
    '#NODE_ENV=production',
    '',
    entries.join('\n\n'),
  ].join('\n')}\n`;
}
