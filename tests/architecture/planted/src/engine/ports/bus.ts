export interface Bus {
  publish(): void;
}
