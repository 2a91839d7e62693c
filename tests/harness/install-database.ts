import { inject } from 'vitest';
import { copyTemplate } from './embedded-template.ts';
import './provided.ts';

/**
 * Puts an empty, migrated database into a data directory, for tests that are about something else than the first start:
 * making one takes six seconds of a processor. Without a template in this run the first start makes it.
 */
export function installDatabase(dataDirectory: string): void {
  const template = inject('embeddedTemplate') as string | undefined;
  if (template !== undefined) copyTemplate(template, dataDirectory);
}
