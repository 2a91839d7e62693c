import 'ioredis';
import 'pg';
import 'socket.io';
import '@electric-sql/pglite';
