import { randomUUID } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pLimit from 'p-limit';
import { type MediaFacts, UnreadableMedia } from '../../engine/ports/media-tools.ts';
import { type Probe, readProbe } from './probe.ts';
import { demuxerOf, knownBetter, muxerOf } from './recording-types.ts';
import { type ProgramLimits, runProgram } from './run-program.ts';
import { sampleRate, Waveform } from './waveform.ts';

/** Where ffmpeg is. ffprobe lies next to it. */
export interface Ffmpeg {
  /** Its path, or `ffmpeg`. */
  readonly program: string;
  /** Folders in which it is looked for, as in PATH. */
  readonly searchPath: string;
}

export interface RecordingsOptions {
  readonly ffmpeg: Ffmpeg;
  /** Most pixels of a film's picture. */
  readonly maxPixels: number;
  /** How long each look at a file may take, in milliseconds. */
  readonly timeLimit: number;
  /** How much memory that may take, in bytes. */
  readonly memoryLimit: number;
  /** Makes a thumbnail of a picture. */
  readonly inspectPicture: (path: string, mimeType: string, directory: string) => Promise<MediaFacts>;
}

interface Source {
  readonly path: string;
  readonly demuxer: string;
}

const atOnce = 2;
const kilobyte = 1024;
const posterPixels = 960;
/** Of longer ones, the beginning is drawn. */
const longestWaveform = 3_600;
/** A picture from the very beginning is often black. */
const posterAt = 1;

/** What a file may grow by when it is written anew, in bytes. */
const growth = 1024 * 1024;
/** A disk that is at other things too writes so many bytes in a millisecond. */
const slowestWrite = 10 * 1024;

/** Films and recordings, by ffmpeg. What it cannot read, or not in time, has no facts, and stays as it is. */
export class Recordings {
  readonly #options: RecordingsOptions;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  readonly #limit = pLimit(atOnce);

  constructor(options: RecordingsOptions) {
    this.#options = options;
  }

  async inspect(path: string, mimeType: string, directory: string): Promise<MediaFacts> {
    const demuxer = demuxerOf(mimeType);
    if (!demuxer) return {};
    const work = this.#limit(() => this.#inspect({ path, demuxer }, mimeType, directory));
    this.#running.add(work);
    try {
      const facts = await work;
      // What was cut short is not known, and not cleaned.
      if (this.#stopping.signal.aborted) throw new Error('Files are not looked into any more.');
      return facts;
    } finally {
      this.#running.delete(work);
    }
  }

  /** Ends what is being looked at. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled(this.#running);
  }

  async #inspect(source: Source, mimeType: string, directory: string): Promise<MediaFacts> {
    const probe = await this.#probe(source);
    if (!probe || (!probe.picture && !probe.sound)) return {};
    const better = knownBetter(mimeType, probe.picture !== null);
    const cleaned = await this.#clean(source, probe, mimeType, directory);
    const type = { ...(better !== undefined && { mimeType: better }), ...(cleaned && { cleaned }) };
    if (!probe.picture) return { ...type, ...(await this.#listen(source, probe)) };
    const { width, height } = probe.picture;
    const seconds = probe.seconds ?? (await this.#measure(source));
    const poster = await this.#poster(source, seconds, directory);
    return { ...type, width, height, ...(seconds === null ? {} : { durationSeconds: seconds }), ...poster };
  }

  async #probe(source: Source): Promise<Probe | null> {
    const stream = 'stream=index,codec_type,codec_name,width,height:stream_disposition=attached_pic';
    const wanted = `format=duration:${stream}:stream_side_data=rotation:stream_tags=alpha_mode,ALPHA_MODE`;
    const pieces: Buffer[] = [];
    const done = await this.#run('ffprobe', [...this.#input(source), '-show_entries', wanted, '-of', 'json'], {
      limit: 64 * kilobyte,
      onOutput: (piece) => pieces.push(piece),
    });
    return done ? readProbe(Buffer.concat(pieces).toString()) : null;
  }

  /**
   * Writes what is shown and heard into a new file, as it is: without place, camera, names, chapters, and tracks of data, in
   * which cameras write where they were. A turned film stays turned.
   *
   * @returns nothing where it cannot be written
   */
  async #clean(source: Source, probe: Probe, mimeType: string, directory: string): Promise<{ path: string } | null> {
    const muxer = muxerOf(mimeType);
    if (muxer === undefined || probe.tracks.length === 0) return null;
    const { size } = await stat(source.path);
    const most = size + growth;
    const path = join(directory, randomUUID());
    const tracks = probe.tracks.flatMap(({ index }) => ['-map', `0:${index}`]);
    const alpha = probe.tracks.flatMap(({ seeThrough }, i) => (seeThrough ? [`-metadata:s:${i}`, 'alpha_mode=1'] : []));
    const silent = ['-map_metadata', '-1', '-map_chapters', '-1', '-fflags', '+bitexact', ...alpha];
    const shape = ['-c', 'copy', '-strict', 'experimental', ...(muxerOptions[muxer] ?? []), '-f', muxer];
    // At the limit, ffmpeg ends the file as if that were all of it.
    const args = [...this.#input(source), ...tracks, ...silent, ...shape, '-fs', String(most), '-y', `file:${path}`];
    const time = this.#options.timeLimit + Math.ceil(size / slowestWrite);
    const done = await this.#run('ffmpeg', args, { limit: kilobyte, time });
    const written = done ? (await stat(path)).size : 0;
    if (written > 0 && written < most) return { path };
    await rm(path, { force: true });
    return null;
  }

  /** What was recorded as it came does not say how long it is: all of it is passed through, and nothing decoded. */
  async #measure(source: Source): Promise<number | null> {
    let told = '';
    const args = [...this.#input(source), '-c', 'copy', '-f', 'null', '-progress', 'pipe:1', '-'];
    const done = await this.#run('ffmpeg', args, {
      limit: 4 * kilobyte * kilobyte,
      onOutput: (piece) => {
        told = (told + piece.toString('latin1')).slice(-kilobyte);
      },
    });
    const microseconds = Number(/.*^out_time_us=(\d+)/ms.exec(told)?.[1] ?? 0);
    return done && microseconds > 0 ? Math.round(microseconds / 1_000) / 1_000 : null;
  }

  async #poster(source: Source, seconds: number | null, directory: string): Promise<MediaFacts> {
    const frame = join(directory, `${randomUUID()}.png`);
    const fit = `scale='min(${posterPixels},iw)':'min(${posterPixels},ih)':force_original_aspect_ratio=decrease`;
    const at = seconds !== null && seconds > 2 * posterAt ? ['-ss', String(posterAt)] : [];
    const take = ['-map', '0:v:0', '-frames:v', '1', '-vf', fit, '-pix_fmt', 'rgb24', '-c:v', 'png'];
    try {
      const args = [...at, ...this.#input(source), ...take, '-f', 'image2pipe', '-y', `file:${frame}`];
      if (!(await this.#run('ffmpeg', args, { limit: kilobyte }))) return {};
      const { thumbnail, blurhash, cleaned } = await this.#options.inspectPicture(frame, 'image/png', directory);
      if (cleaned) await rm(cleaned.path);
      return { ...(thumbnail && { thumbnail }), ...(blurhash && { blurhash }) };
    } catch (error) {
      if (error instanceof UnreadableMedia) return {};
      throw error;
    } finally {
      await rm(frame, { force: true });
    }
  }

  async #listen(source: Source, probe: Probe): Promise<MediaFacts> {
    const waveform = new Waveform();
    const shape = ['-map', '0:a:0', '-t', String(longestWaveform), '-ac', '1', '-ar', String(sampleRate)];
    const done = await this.#run('ffmpeg', [...this.#input(source), ...shape, '-f', 's16le', 'pipe:1'], {
      limit: longestWaveform * sampleRate * 2 + kilobyte,
      onOutput: (piece) => waveform.add(piece),
    });
    const values = done ? waveform.values() : null;
    // What was heard is true, where the file may lie.
    const heard = done && waveform.seconds < longestWaveform ? Math.round(waveform.seconds * 1_000) / 1_000 : null;
    const seconds = heard || probe.seconds;
    return { ...(seconds && { durationSeconds: seconds }), ...(values && { waveform: values }) };
  }

  #input({ path, demuxer }: Source): string[] {
    const { maxPixels } = this.#options;
    const only = ['-protocol_whitelist', 'file,pipe', '-format_whitelist', demuxer, '-f', demuxer];
    return ['-max_pixels', String(maxPixels), '-threads', '1', ...only, '-i', `file:${path}`];
  }

  async #run(
    name: 'ffmpeg' | 'ffprobe',
    args: readonly string[],
    { limit, time, onOutput }: { limit: number; time?: number; onOutput?: (piece: Buffer) => void },
  ): Promise<boolean> {
    const { ffmpeg, timeLimit, memoryLimit } = this.#options;
    const limits: ProgramLimits = { time: time ?? timeLimit, memory: memoryLimit, output: limit };
    const own = name === 'ffmpeg' ? ['-nostdin', '-max_alloc', String(memoryLimit)] : [];
    return runProgram({
      program: name === 'ffmpeg' ? ffmpeg.program : probeNextTo(ffmpeg.program),
      args: ['-v', 'error', '-hide_banner', ...own, ...args],
      searchPath: ffmpeg.searchPath,
      limits,
      ...(onOutput && { onOutput }),
      stopping: this.#stopping.signal,
    });
  }
}

const toTheFront = ['-movflags', '+faststart', '-write_tmcd', '0'];

/** So that players can begin at once, and that no tags are written. */
const muxerOptions: Readonly<Record<string, readonly string[]>> = {
  mp4: toTheFront,
  mov: toTheFront,
  ipod: toTheFront,
  '3gp': toTheFront,
  '3g2': toTheFront,
  mp3: ['-id3v2_version', '0', '-write_id3v1', '0'],
};

/** Where ffprobe is. */
export function probeNextTo(program: string): string {
  const ending = program.toLowerCase().endsWith('.exe') ? '.exe' : '';
  return /[/\\]/.test(program) ? join(dirname(program), `ffprobe${ending}`) : `ffprobe${ending}`;
}
