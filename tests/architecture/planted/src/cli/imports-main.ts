import '../app.ts';
import '../adapters/bus/memory.ts';
import '../engine/messages/index.ts';
import '../main.ts';
