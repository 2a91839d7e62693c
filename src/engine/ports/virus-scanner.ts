/**
 * Looks for viruses.
 *
 * Guarantees: `null` means that a scanner has seen the whole file and found nothing. Rejects where no scanner has answered:
 * then nothing is known, and the file must wait.
 */
export interface VirusScanner {
  /** Name of the virus in a file, or null. */
  scan(path: string): Promise<string | null>;
  /** Resolves when the scanner answers. */
  ping(): Promise<void>;
}
