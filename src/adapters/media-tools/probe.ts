/** What ffprobe tells of a film or recording. */
export interface Probe {
  readonly seconds: number | null;
  /** In pixels, as it is shown; null where there is none but the cover of a record. */
  readonly picture: { readonly width: number; readonly height: number } | null;
  readonly sound: boolean;
  /** What is shown and heard; not what is only told: data, subtitles, covers, attached files. */
  readonly tracks: readonly Track[];
}

export interface Track {
  /** Its place in the file. */
  readonly index: number;
  /** Its pictures can be seen through; WebM says that in words. */
  readonly seeThrough: boolean;
}

interface Stream {
  readonly index?: number;
  readonly codec_type?: string;
  /** Absent where ffmpeg does not know it. */
  readonly codec_name?: string;
  readonly tags?: { readonly alpha_mode?: string; readonly ALPHA_MODE?: string };
  readonly width?: number;
  readonly height?: number;
  readonly disposition?: { readonly attached_pic?: number };
  readonly side_data_list?: readonly { readonly rotation?: number }[];
}

/** A month: what says it is longer lies. */
const longest = 30 * 24 * 3_600;

/** Reads the JSON of ffprobe; null where it is none. */
export function readProbe(json: string): Probe | null {
  let told: { streams?: readonly Stream[]; format?: { duration?: string } };
  try {
    told = JSON.parse(json);
  } catch {
    return null;
  }
  const streams = told.streams ?? [];
  const film = streams.find(({ codec_type, disposition }) => codec_type === 'video' && !disposition?.attached_pic);
  const seconds = Math.round(Number(told.format?.duration) * 1_000) / 1_000;
  return {
    seconds: seconds > 0 && seconds < longest ? seconds : null,
    picture: film ? sizeOf(film) : null,
    sound: streams.some(({ codec_type }) => codec_type === 'audio'),
    tracks: streams.filter(isPlayed).map(({ index = 0, tags }) => ({
      index,
      seeThrough: (tags?.alpha_mode ?? tags?.ALPHA_MODE) === '1',
    })),
  };
}

function isPlayed({ codec_type, codec_name, disposition }: Stream): boolean {
  if (codec_name === undefined || codec_name === 'none') return false;
  return codec_type === 'audio' || (codec_type === 'video' && !disposition?.attached_pic);
}

function sizeOf({ width = 0, height = 0, side_data_list: more = [] }: Stream): Probe['picture'] {
  if (width < 1 || height < 1) return null;
  const rotation = more.find((data) => data.rotation !== undefined)?.rotation ?? 0;
  return Math.abs(rotation) % 180 === 90 ? { width: height, height: width } : { width, height };
}
