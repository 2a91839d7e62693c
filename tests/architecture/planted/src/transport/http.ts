import fastify from 'fastify';
import { send } from '../engine/messages/index.ts';
import type { Bus } from '../engine/ports/bus.ts';
import { makeId } from '../engine/shared/ids.ts';

export const http = (bus: Bus) => [fastify, send, makeId, bus];
