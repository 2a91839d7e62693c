/**
 * Which people have a live connection on any node.
 *
 * Guarantees: `online` names a person from the moment `enter` resolves until the last matching `leave`, on every node.
 * A node that dies without leaving is forgotten within `leaseSeconds`. `enter` and `leave` tell whether they were the
 * first and the last over all nodes; of two that race exactly one is told so.
 */
export interface PresenceRegistry {
  readonly leaseSeconds: number;
  /** @returns true where the person was offline before */
  enter(personId: string): Promise<boolean>;
  /** @returns true where the person is offline now */
  leave(personId: string): Promise<boolean>;
  /** Those of the given people who are online. */
  online(personIds: readonly string[]): Promise<Set<string>>;
  close(): Promise<void>;
}
