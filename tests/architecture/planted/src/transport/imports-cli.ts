export * from '../cli/imports-transport.ts';
