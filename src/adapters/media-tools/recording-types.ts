/**
 * How ffmpeg calls the formats that are read. The one of the file is forced upon it: a playlist (HLS, concat) with the first
 * bytes of a film would otherwise make it open other files, or addresses inside the network.
 */
const demuxers: Readonly<Record<string, string>> = {
  'video/mp4': 'mov',
  'video/quicktime': 'mov',
  'video/x-m4v': 'mov',
  'video/3gpp': 'mov',
  'video/3gpp2': 'mov',
  'audio/mp4': 'mov',
  'audio/x-m4a': 'mov',
  'video/webm': 'matroska',
  'video/matroska': 'matroska',
  'video/ogg': 'ogg',
  'audio/ogg': 'ogg',
  'application/ogg': 'ogg',
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'audio/flac': 'flac',
  'audio/aac': 'aac',
  'audio/amr': 'amr',
  'audio/aiff': 'aiff',
};

/** How ffmpeg calls what it writes of each type. */
const muxers: Readonly<Record<string, string>> = {
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
  'video/x-m4v': 'mp4',
  'video/3gpp': '3gp',
  'video/3gpp2': '3g2',
  'audio/mp4': 'mp4',
  'audio/x-m4a': 'ipod',
  'video/webm': 'webm',
  'video/matroska': 'matroska',
  'video/ogg': 'ogg',
  'audio/ogg': 'ogg',
  'application/ogg': 'ogg',
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'audio/flac': 'flac',
  'audio/aac': 'adts',
  'audio/amr': 'amr',
  'audio/aiff': 'aiff',
};

/** What a film without pictures is called. */
const withoutPictures: Readonly<Record<string, string>> = {
  'video/mp4': 'audio/mp4',
  'video/quicktime': 'audio/mp4',
  'video/x-m4v': 'audio/mp4',
  'video/3gpp': 'audio/3gpp',
  'video/3gpp2': 'audio/3gpp2',
  'video/webm': 'audio/webm',
  'video/matroska': 'audio/matroska',
  'video/ogg': 'audio/ogg',
  'application/ogg': 'audio/ogg',
};

/** Name of a demuxer of ffmpeg, where files of a type are read. */
export const demuxerOf = (mimeType: string): string | undefined => demuxers[mimeType];

/** Name of the muxer of ffmpeg that writes files of a type. */
export const muxerOf = (mimeType: string): string | undefined => muxers[mimeType];

/** The type of a recording, now that it is known whether it has pictures; undefined where the first bytes told it. */
export function knownBetter(mimeType: string, hasPictures: boolean): string | undefined {
  if (hasPictures) return mimeType === 'application/ogg' ? 'video/ogg' : undefined;
  return withoutPictures[mimeType];
}
