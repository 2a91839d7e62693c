/**
 * How the client stands to the server.
 * - `offline`: nobody is signed in, or the client is closed.
 * - `connecting`: it tries, again and again.
 * - `syncing`: it is connected and catches up.
 * - `online`: it shows what is.
 */
export type ConnectionState = 'offline' | 'connecting' | 'syncing' | 'online';
