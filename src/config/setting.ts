/** How a setting's text becomes a value. */
type Kind = 'text' | 'integer' | 'number' | 'boolean' | 'list' | 'port';

/** One setting: how it is called, and what an operator has to know of it. */
export interface Setting {
  readonly name: string;
  /** Other names under which existing deployments know it. The first one that is set wins. */
  readonly aliases?: readonly string[];
  readonly kind: Kind;
  /** Shown in the documentation; the value itself is in `load-config.ts`'s result. */
  readonly default: string;
  readonly description: string;
  /** Never shown, not even by `parley doctor`. */
  readonly secret?: boolean;
}
