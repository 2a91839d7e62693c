/** What ffprobe tells of a film or recording. */
export interface Probe {
  readonly seconds: number | null;
  /** In pixels, as it is shown; null where there is none but the cover of a record. */
  readonly picture: { readonly width: number; readonly height: number } | null;
  readonly sound: boolean;
}

interface Stream {
  readonly codec_type?: string;
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
  };
}

function sizeOf({ width = 0, height = 0, side_data_list: more = [] }: Stream): Probe['picture'] {
  if (width < 1 || height < 1) return null;
  const rotation = more.find((data) => data.rotation !== undefined)?.rotation ?? 0;
  return Math.abs(rotation) % 180 === 90 ? { width: height, height: width } : { width, height };
}
