/** What a person may do beyond their own things. */
export type Role = 'user' | 'admin';

/** Who is asking: the authenticated person and the session that proves it. Made only by `auth`. */
export interface Actor {
  readonly personId: string;
  readonly sessionId: string;
  readonly role: Role;
}

/** Where a request came from, for login history and limits. */
export interface Origin {
  /** The client's address, after trusted proxies are taken into account. */
  readonly ip: string;
  readonly userAgent: string | null;
  /** The name of the door that it came through. */
  readonly door: string;
}
