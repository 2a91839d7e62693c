/**
 * Socket.IO as its guide shows it: a room a conversation, an acknowledgement, nothing checked, nothing stored. The least
 * that a chat server on Socket.IO can do.
 */
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer((_request, response) => response.end('ok'));
const io = new Server(http);
let lastId = 0;

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
  socket.on('messages.send', ({ conversationId, text, clientId }: Send, ack: (answer: object) => void) => {
    lastId += 1;
    const message = { id: lastId, conversationId, senderId, clientId, text, createdAt: new Date() };
    socket.to(conversationId).emit('message', message);
    ack({ ok: true, id: message.id });
  });
});

http.listen(Number(process.env.PORT), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
