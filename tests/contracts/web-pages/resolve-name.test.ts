import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createResolveName } from '../../../src/adapters/web-pages/resolve-name.ts';

const typeA = 1;
const typeAaaa = 28;
/** Records of the only name that there is: the type and the address. */
let records: readonly (readonly [number, readonly number[]])[];
let silent: boolean;
let questions: number;
let nameServer: Socket;
let server: string;

beforeEach(async () => {
  [records, silent, questions] = [[], false, 0];
  nameServer = createSocket('udp4');
  nameServer.on('message', (question, { port, address }) => {
    questions += 1;
    if (!silent) nameServer.send(answerTo(question), port, address);
  });
  nameServer.bind(0, '127.0.0.1');
  await once(nameServer, 'listening');
  server = `127.0.0.1:${(nameServer.address() as AddressInfo).port}`;
});
afterEach(() => nameServer.close());

/** RFC 1035, 4.1: the question again, and the records of its type; NXDOMAIN for every name but that of the test. */
function answerTo(message: Buffer): Buffer {
  const endOfName = message.indexOf(0, 12);
  const question = message.subarray(12, endOfName + 5);
  const known = question.includes('name');
  const fitting = records.filter(([type]) => known && type === message.readUInt16BE(endOfName + 1));
  const head = Buffer.from([...message.subarray(0, 2), 0x81, known ? 0x80 : 0x83, 0, 1, 0, fitting.length, 0, 0, 0, 0]);
  const answers = fitting.map(([type, address]) =>
    Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, address.length, ...address]),
  );
  return Buffer.concat([head, question, ...answers]);
}

const resolve = (name: string, signal = new AbortController().signal) => createResolveName([server])(name, signal);

test('all addresses of a name are found, of both kinds', async () => {
  records = [
    [typeA, [127, 0, 0, 1]],
    [typeA, [10, 0, 0, 1]],
    [typeAaaa, [0xfd, ...Array(14).fill(0), 1]],
  ];
  expect([...(await resolve('name.test'))].sort()).toEqual(['10.0.0.1', '127.0.0.1', 'fd00::1']);
});

test('one kind is enough, and none gives none', async () => {
  expect(await resolve('name.test')).toEqual([]);
  records = [[typeA, [127, 0, 0, 1]]];
  expect(await resolve('name.test')).toEqual(['127.0.0.1']);
  records = [[typeAaaa, [...Array(15).fill(0), 1]]];
  expect(await resolve('name.test')).toEqual(['::1']);
  expect(await resolve('unknown.test')).toEqual([]);
});

test('nothing is remembered: each question is asked', async () => {
  records = [[typeA, [127, 0, 0, 1]]];
  await resolve('name.test');
  records = [[typeA, [127, 0, 0, 2]]];
  expect(await resolve('name.test')).toEqual(['127.0.0.2']);
});

test('a name server that is silent is given up with the fetch', async () => {
  silent = true;
  const ending = new AbortController();
  const resolving = resolve('name.test', ending.signal);
  await expect.poll(() => questions).toBeGreaterThan(0);
  ending.abort();
  expect(await resolving).toEqual([]);
});
