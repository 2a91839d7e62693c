/** Samples a second that it wants: 16 bits, one channel, little-endian. */
export const sampleRate = 8_000;

const windowSamples = sampleRate / 100;
const values = 64;
const highest = 255;
/** Mean square of what nobody hears, 60 dB below the loudest that there can be. */
const silence = (32_768 / 1_000) ** 2;

/** How loud a recording is over its time, from its samples as they come. Keeps 8 bytes for each hundredth of a second. */
export class Waveform {
  /** Mean squares of windows. */
  readonly #windows: number[] = [];
  #sum = 0;
  #count = 0;
  #half: number | null = null;

  add(piece: Buffer): void {
    let at = 0;
    if (this.#half !== null && piece.length > 0) {
      this.#take(Buffer.from([this.#half, piece[0] ?? 0]).readInt16LE());
      at = 1;
    }
    for (; at + 1 < piece.length; at += 2) this.#take(piece.readInt16LE(at));
    if (piece.length > 0) this.#half = at < piece.length ? (piece[at] ?? 0) : null;
  }

  #take(sample: number): void {
    this.#sum += sample * sample;
    this.#count += 1;
    if (this.#count < windowSamples) return;
    this.#windows.push(this.#sum / windowSamples);
    this.#sum = 0;
    this.#count = 0;
  }

  get seconds(): number {
    return (this.#windows.length * windowSamples + this.#count) / sampleRate;
  }

  /** 64 values, of which the loudest is 255; null of less than a hundredth of a second. */
  values(): number[] | null {
    const count = this.#windows.length;
    if (count === 0) return null;
    const squares = Array.from({ length: values }, (_, index) => {
      const from = Math.floor((index * count) / values);
      const part = this.#windows.slice(from, Math.max(from + 1, Math.floor(((index + 1) * count) / values)));
      return part.reduce((sum, square) => sum + square, 0) / part.length;
    });
    const loudest = Math.max(...squares);
    return squares.map((square) => (loudest < silence ? 0 : Math.round(highest * Math.sqrt(square / loudest))));
  }
}
