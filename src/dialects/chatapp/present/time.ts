/** A time as clients get it. Events that come from another node bring times as texts. */
export const isoTime = (time: Date | string): string =>
  (typeof time === 'string' ? new Date(time) : time).toISOString();
