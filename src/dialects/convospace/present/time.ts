/** A time as clients get it. Events that come from another node bring times as texts. */
export const isoTime = (time: Date | string): string =>
  (typeof time === 'string' ? new Date(time) : time).toISOString();

export const timeOrNull = (time: Date | string | null | undefined): string | null =>
  time === null || time === undefined ? null : isoTime(time);
