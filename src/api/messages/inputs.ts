import { maxMentions, maxTextLength } from '../../engine/messages/index.ts';
import { Type } from '../kit/schemas.ts';
import { NewMention } from './schemas.ts';

/** What a client says of a message, now or for later. */
export const TextInput = Type.String({
  maxLength: maxTextLength,
  description: 'What is said, or the caption of other kinds.',
});

export const ContentInput = Type.Unsafe<object>({
  type: 'object',
  description: 'What the kind has beside the text; see Message. Of a file that I have brought, its `mediaId` alone.',
});

export const MentionsInput = Type.Array(NewMention, { maxItems: maxMentions });
