export interface BenchOptions {
  /** Smaller and shorter, to see that it runs. */
  readonly quick: boolean;
  /** Also take a CPU profile of Parley, where the benchmark can. */
  readonly profile: boolean;
}

/** One figure against its goal. */
export interface Finding {
  readonly what: string;
  readonly figure: number;
  readonly unit: string;
  /** Measured in the same minute; null where the goal is absolute. */
  readonly baseline: number | null;
  readonly baselineName: string;
  /** Highest ratio to the baseline, or highest figure where there is none; null where it is for information. */
  readonly target: number | null;
}

export interface Report {
  readonly findings: readonly Finding[];
  /** How it came about: the tables and remarks behind the findings. */
  readonly details: readonly string[];
}

export interface Benchmark {
  readonly id: string;
  readonly title: string;
  run(options: BenchOptions): Promise<Report>;
}

/** Lines of a table with aligned columns; all but the first are numbers and go to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ');
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

/** Three significant digits at least, and thousands with a comma. */
export function show(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '-';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function findingsTable(findings: readonly Finding[]): string {
  return table(
    ['figure', 'value', 'baseline', 'ratio', 'target', 'met'],
    findings.map(({ what, figure, unit, baseline, baselineName, target }) => {
      const measured = baseline === null ? figure : figure / baseline;
      return [
        what,
        `${show(figure)} ${unit}`,
        baseline === null ? '-' : `${show(baseline)} ${unit} (${baselineName})`,
        baseline === null ? '-' : `${show(measured)} x`,
        target === null ? '-' : baseline === null ? `<= ${show(target)} ${unit}` : `<= ${show(target)} x`,
        target === null ? '-' : measured <= target ? 'yes' : 'NO',
      ];
    }),
  );
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
