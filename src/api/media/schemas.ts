import type { MediaPurpose, MediaStatus, RenditionName } from '../../engine/media/index.ts';
import { Counter, Id, nullable, oneOf, output, Time, Type } from '../kit/schemas.ts';

export const Purpose = oneOf<MediaPurpose>(['message', 'avatar', 'story'], { description: 'What the file is for.' });
export const Rendition = oneOf<RenditionName>(['original', 'thumbnail'], {
  description: 'The file itself, or a small picture of it.',
});

const size = { width: Counter('In pixels.'), height: Counter('In pixels.') };

/** A small picture of a file. */
export const Thumbnail = output(size);

/** A photo that is chosen for a person or group. */
export const PhotoMediaId = nullable(
  Type.String({
    maxLength: 64,
    description: 'Instead of `photoUrl`: a file that I have brought with the purpose `avatar`. null: none.',
  }),
);

export const Media = output(
  {
    id: Id('The file.'),
    purpose: Purpose,
    status: oneOf<MediaStatus>(['uploading', 'processing', 'ready', 'refused'], {
      description:
        '`uploading`: bytes are still coming. `processing`: it is looked into, by itself. Only a `ready` file can be used.',
    }),
    refusal: Type.Optional(Type.String({ description: 'Why it was refused, as in `media_refused`.' })),
    fileName: Type.String({ description: 'As it is shown and saved: the last part of the name that was given.' }),
    mimeType: Type.Optional(Type.String({ description: 'Decided from the bytes.' })),
    size: Type.Optional(Counter('In bytes, without what was taken out of it (place, camera).')),
    width: Type.Optional(Counter('In pixels, as it is shown.')),
    height: Type.Optional(Counter('In pixels, as it is shown.')),
    durationSeconds: Type.Optional(Type.Number({ description: 'Of audio and video.' })),
    blurhash: Type.Optional(Type.String({ description: 'A blurred picture of it (https://blurha.sh).' })),
    waveform: Type.Optional(Type.Array(Type.Integer(), { description: 'Loudness over the time, from 0 to 255.' })),
    thumbnail: Type.Optional(Thumbnail),
    createdAt: Time('When the upload began.'),
  },
  { description: 'What a file has not is absent.' },
);

export const DirectUpload = output({
  method: Type.Literal('PUT'),
  url: Type.String(),
  headers: Type.Record(Type.String(), Type.String(), { description: 'To be sent exactly so.' }),
});
