import type { FastifyInstance } from 'fastify';
import type { Server } from 'socket.io';
import { type ChatappOptions, createChatapp } from './chatapp/index.ts';
import { type ConvospaceOptions, createConvospace } from './convospace/index.ts';
import type { Dialect, DoorDeps } from './kit/door.ts';

export type { Dialect, DoorDeps } from './kit/door.ts';
export { FileNames } from './kit/file-names.ts';

/** What operators set for the dialects. */
export interface DialectOptions {
  readonly chatapp: ChatappOptions;
  readonly convospace: ConvospaceOptions;
}

/** Every dialect. */
export const createDialects = (deps: DoorDeps, options: DialectOptions): readonly Dialect[] => [
  createChatapp(deps, options.chatapp),
  createConvospace(deps, options.convospace),
];

/**
 * Opens the dialects, each below its name and in the namespace of its name.
 *
 * @param root the dialect that is served at `/` as well; null: none
 */
export async function openDialects(
  host: FastifyInstance,
  io: Server,
  dialects: readonly Dialect[],
  root: string | null,
): Promise<void> {
  for (const dialect of dialects) {
    const { name } = dialect;
    const mount = (scope: FastifyInstance) => dialect.mountRoutes(scope);
    await host.register(mount, { prefix: `/${name}` });
    dialect.serveSockets(io.of(`/${name}`));
    if (name !== root) continue;
    await host.register((scope) => dialect.mountRoutes(scope));
    dialect.serveSockets(io.of('/'));
  }
}
