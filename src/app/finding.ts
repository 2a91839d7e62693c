/** What a check of a deployment has found. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'problem';
  /** What was looked at, in a word or two. */
  readonly subject: string;
  readonly text: string;
  /** What to do about it; null where all is well. */
  readonly remedy: string | null;
}

export const ok = (subject: string, text: string): Finding => ({ level: 'ok', subject, text, remedy: null });

export const warning = (subject: string, text: string, remedy: string): Finding => ({
  level: 'warning',
  subject,
  text,
  remedy,
});

export const problem = (subject: string, text: string, remedy: string): Finding => ({
  level: 'problem',
  subject,
  text,
  remedy,
});
