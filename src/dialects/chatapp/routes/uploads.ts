import type { MediaView } from '../../../engine/media/index.ts';
import type { Actor } from '../../../engine/shared/actor.ts';
import { EngineError } from '../../../engine/shared/errors.ts';
import { type ReceivedForm, receiveForm } from '../../../transport/receive-file.ts';
import { sendFile } from '../../../transport/send-file.ts';
import type { Answer, Call, Route } from '../../kit/rest.ts';
import type { ChatappDeps } from '../deps.ts';
import { Refusal, type Words, worded } from '../errors.ts';
import { type FileKind, fileKind, folderOf } from '../wire/file-types.ts';
import { type Folder, fileUrl, folders, openFile, thumbnailUrl } from './files.ts';
import { done } from './group-actions.ts';

const words: Words = {
  payload_too_large: [400, 'File size too large'],
  limit_reached: [400, 'Too many files'],
  media_refused: [400, 'Invalid file type'],
};

/** Files that people send, and that they take back. */
export function uploadRoutes(deps: ChatappDeps): Route[] {
  const { engine, options } = deps;
  const { media } = engine;

  const receive = (actor: Actor, call: Call, maxFiles: number, more: 'drop' | 'refuse'): Promise<ReceivedForm> => {
    if (!options.features.fileSharing) throw new Refusal(403, 'Feature disabled');
    const limits = { maxFiles, maxBytes: options.maxFileBytes, more };
    return worded(words, () => receiveForm(call.request, { media, uploads: deps.uploads }, actor, 'message', limits));
  };

  /** Looks into what has come. Where one file is refused, none of them is kept. */
  const finish = async (
    actor: Actor,
    { base }: Call,
    { ids, fields }: ReceivedForm,
    accepts: (file: MediaView) => FileKind | null,
  ) => {
    try {
      await assertMember(actor, fields.chatId);
      const files = [];
      for (const id of ids) {
        const file = await worded(words, () => media.finish(actor, id));
        // No scanner answers, say: what it is cannot be told.
        if (file.status !== 'ready') throw new EngineError('overloaded', 'The file cannot be looked into now.');
        const kind = accepts(file);
        if (kind === null) throw new Refusal(400, 'Invalid file type');
        files.push(presentFile(base, file, kind));
      }
      return files;
    } catch (error) {
      for (const id of ids) await giveUp(actor, id);
      throw error;
    }
  };

  const assertMember = async (actor: Actor, chatId: string | undefined): Promise<void> => {
    if (chatId) await engine.groups.members.list(actor, chatId, { limit: 1 });
  };

  const giveUp = async (actor: Actor, id: string): Promise<void> => {
    await media.abort(id); // of one that was not looked into, nothing is kept
    try {
      await media.delete(actor, id);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error; // it is gone already
    }
  };

  const presentFile = (base: string, file: MediaView, kind: FileKind) => ({
    url: fileUrl(deps, base, { mediaId: file.id, fileName: file.fileName }, folderOf(kind)),
    type: kind,
    filename: file.fileName,
    size: file.size ?? 0,
    mimeType: file.mimeType ?? '',
    thumbnail: file.thumbnail ? thumbnailUrl(deps, base, file.id) : null,
    duration: file.durationSeconds ?? null,
    publicId: null,
    uploadedAt: file.createdAt.toISOString(),
  });

  const anyKind = ({ mimeType = '', fileName }: MediaView) => fileKind(mimeType, fileName);
  const sound = (file: MediaView): FileKind | null => {
    // Without ffmpeg a recording of a browser is told by its container alone.
    const recorded = anyKind(file) === 'audio' || file.mimeType === 'video/webm';
    return recorded ? 'audio' : null;
  };

  /** The file that a request names, for which its caller has the name. */
  const named = ({ params }: Call): { folder: Folder; name: string } => {
    const { type = '', filename = '' } = params;
    if (!folders.includes(type as Folder)) throw new Refusal(400, 'Invalid file type');
    return { folder: type as Folder, name: filename };
  };

  return [
    {
      method: 'POST',
      path: '/api/upload/media',
      access: 'session',
      takesFile: true,
      async handle(actor, call) {
        const form = await receive(actor, call, 1, 'drop');
        const [file] = await finish(actor, call, form, anyKind);
        if (!file) throw new Refusal(400, 'No file uploaded');
        return done('File uploaded successfully', file);
      },
    },
    {
      method: 'POST',
      path: '/api/upload/message-media',
      access: 'session',
      takesFile: true,
      async handle(actor, call) {
        const form = await receive(actor, call, options.maxFilesPerMessage, 'refuse');
        const files = await finish(actor, call, form, anyKind);
        if (files.length === 0) throw new Refusal(400, 'No files uploaded');
        return done('Files uploaded successfully', { files, chatId: form.fields.chatId ?? null });
      },
    },
    {
      method: 'POST',
      path: '/api/upload/voice-note',
      access: 'session',
      takesFile: true,
      async handle(actor, call) {
        const form = await receive(actor, call, 1, 'drop');
        const [file] = await finish(actor, call, form, sound);
        if (!file) throw new Refusal(400, 'No file uploaded');
        const said = Number(form.fields.duration);
        const duration = file.duration ?? (said >= 0 && said <= 86_400 ? said : null);
        const voiceNote = { ...file, duration };
        return done('Voice note uploaded successfully', { voiceNote, chatId: form.fields.chatId ?? null });
      },
    },
    {
      method: 'GET',
      path: '/api/upload/file/:type/:filename',
      access: 'session',
      async handle(_actor, call): Promise<Answer> {
        const { folder, name } = named(call);
        const file = await openFile(deps, folder, name);
        await sendFile(call.request, call.reply, file, 'private, no-cache');
        return null;
      },
    },
    {
      method: 'DELETE',
      path: '/api/upload/file/:type/:filename',
      access: 'session',
      async handle(actor, call) {
        const { folder, name } = named(call);
        const file = deps.fileNames.read(name);
        // Whoever was given its name learns that it is another's.
        await openFile(deps, folder, name);
        const notMine = { media_not_found: [403, 'Access denied'] } as const;
        await worded(notMine, () => media.delete(actor, file?.mediaId ?? ''));
        return done('File deleted successfully');
      },
    },
  ];
}
