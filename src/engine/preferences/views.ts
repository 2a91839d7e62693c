export const themes = ['light', 'dark', 'auto'] as const;
export const fontSizes = ['small', 'medium', 'large'] as const;

/** What a person wants of their clients, on all their devices. */
export interface PreferencesView {
  /** Of what they want to hear. */
  readonly notifications: {
    readonly messages: boolean;
    readonly groups: boolean;
    readonly calls: boolean;
    readonly stories: boolean;
    readonly sound: boolean;
    readonly vibration: boolean;
  };
  /** How clients look and what they fetch by themselves. */
  readonly client: {
    readonly theme: (typeof themes)[number];
    /** A language tag, such as `en` or `pt-BR`. */
    readonly language: string;
    readonly fontSize: (typeof fontSizes)[number];
    readonly autoDownload: { readonly photos: boolean; readonly videos: boolean; readonly documents: boolean };
  };
}

type Some<Settings> = { readonly [Name in keyof Settings]?: Settings[Name] | undefined };

/** Any part of {@link PreferencesView}. */
export interface PreferencesChange {
  readonly notifications?: Some<PreferencesView['notifications']> | undefined;
  readonly client?:
    | (Some<Omit<PreferencesView['client'], 'autoDownload'>> & {
        readonly autoDownload?: Some<PreferencesView['client']['autoDownload']> | undefined;
      })
    | undefined;
}

const usual: PreferencesView = {
  notifications: { messages: true, groups: true, calls: true, stories: true, sound: true, vibration: true },
  client: {
    theme: 'dark',
    language: 'en',
    fontSize: 'medium',
    autoDownload: { photos: true, videos: false, documents: false },
  },
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** `below` with what `above` says put over it, at any depth. */
function merge<Value extends object>(below: Value, above: object): Value {
  const merged = { ...below } as Record<string, unknown>;
  for (const [key, value] of Object.entries(above)) {
    if (value === undefined) continue;
    const under = merged[key];
    merged[key] = isObject(value) ? merge(isObject(under) ? under : {}, value) : value;
  }
  return merged as Value;
}

export const mergeChoices = (chosen: PreferencesChange, change: PreferencesChange): PreferencesChange =>
  merge(chosen, change);

export const preferencesView = (chosen: PreferencesChange): PreferencesView => merge(usual, chosen);
