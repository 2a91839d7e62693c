/** What most teams write: Socket.IO with rooms, and one INSERT a message before its acknowledgement and delivery. */
import { createServer } from 'node:http';
import pg from 'pg';
import { Server } from 'socket.io';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
await pool.query(`
  create table messages (
    id bigint generated always as identity primary key,
    conversation_id text not null,
    sender_id text not null,
    client_id text not null,
    text text not null,
    created_at timestamptz not null default now()
  );
  create index on messages (conversation_id, created_at);
`);

const http = createServer((_request, response) => response.end('ok'));
const io = new Server(http);

interface Send {
  readonly conversationId: string;
  readonly text: string;
  readonly clientId: string;
}

io.on('connection', (socket) => {
  const senderId = String(socket.handshake.auth.token);
  socket.on('join', (rooms: string[], ack: (answer: object) => void) => {
    socket.join(rooms);
    ack({ ok: true });
  });
  socket.on('messages.send', async ({ conversationId, text, clientId }: Send, ack: (answer: object) => void) => {
    const { rows } = await pool.query(
      'insert into messages (conversation_id, sender_id, client_id, text) values ($1, $2, $3, $4) returning id, created_at',
      [conversationId, senderId, clientId, text],
    );
    const message = { id: rows[0].id, conversationId, senderId, clientId, text, createdAt: rows[0].created_at };
    socket.to(conversationId).emit('message', message);
    ack({ ok: true, id: message.id });
  });
});

http.listen(Number(process.env.PORT), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
