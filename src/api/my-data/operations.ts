import type { MyData } from '../../engine/my-data/index.ts';
import { type AnyOperation, streamedOperation } from '../kit/operation.ts';
import { output, Time } from '../kit/schemas.ts';

/** What the installation holds of me. */
export function myDataOperations({ myData }: { myData: MyData }): AnyOperation[] {
  return [
    streamedOperation({
      name: 'me.export',
      summary: 'Everything that is mine, as one JSON document',
      description:
        'My profile, identities, settings, sessions and sign-ins, contacts and blocks, conversations with my settings, what I have sent, scheduled, reacted and starred. It is sent as it is read; if the connection ends before the document does, ask again. Five times a day.',
      method: 'GET',
      path: '/me/export',
      output: output({ exportedAt: Time('When it was begun.') }),
      access: 'session',
      handle: (actor) => myData.export(actor),
    }),
  ];
}
