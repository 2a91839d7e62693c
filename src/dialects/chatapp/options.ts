/** What operators set for this door; the names are those of the backend that its clients know. */
export interface ChatappOptions {
  /** Form of the two lists that clients disagree about; `auto`: by who asks. */
  readonly listEnvelope: 'auto' | 'object' | 'array';
  /** Lifetime of access tokens and refresh tokens, in seconds. */
  readonly accessSeconds: number;
  readonly refreshSeconds: number;
  /** One-time codes: how long they are good, how long to wait for the next one, in seconds, and tries in 15 minutes. */
  readonly otp: {
    readonly lifetimeSeconds: number;
    readonly resendSeconds: number;
    readonly perAddress: number;
    readonly triesPerAddress: number;
  };
  /** Requests of one address: so many in so many seconds. */
  readonly requests: { readonly max: number; readonly windowSeconds: number };
  /** Files: the largest in bytes, and how many a message has. */
  readonly maxFileBytes: number;
  readonly maxFilesPerMessage: number;
  /** What is switched on. */
  readonly features: {
    readonly stories: boolean;
    readonly calls: boolean;
    readonly groups: boolean;
    readonly fileSharing: boolean;
    readonly push: boolean;
  };
}
