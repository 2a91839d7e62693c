import type { Operations } from './generated/protocol.ts';

type Name = keyof Operations;

/** What an operation takes. */
export type Input<Operation extends Name> = Operations[Operation]['input'];
export type Output<Operation extends Name> = Operations[Operation]['output'];

/** Calls an operation of the server as the person who is signed in. */
export type Request = <Operation extends Name>(name: Operation, input: Input<Operation>) => Promise<Output<Operation>>;
