/** The process's environment. Nothing else in the server reads it. */
export const environment: Readonly<Record<string, string | undefined>> = process.env;
