import { type DataPart, inBatches } from '../shared/data-part.ts';
import { selectMediaOf } from './store.ts';
import { mediaView } from './views.ts';

const batch = 500;

/** What a person has uploaded. The bytes are fetched file by file, as long as the account exists. */
export const mediaData: readonly DataPart[] = [
  {
    name: 'media',
    read: (database, personId) =>
      inBatches(database, async (reader, after: string | undefined) => {
        const rows = await selectMediaOf(reader, personId, after, batch);
        return { items: rows.map(mediaView), next: rows.length === batch ? rows.at(-1)?.id : undefined };
      }),
  },
];
