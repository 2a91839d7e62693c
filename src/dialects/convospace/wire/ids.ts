/** Whether a field that has to name something names nothing at all. */
export const isMissing = (value: unknown): boolean => value === undefined || value === null || value === '';
