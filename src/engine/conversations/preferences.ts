/**
 * How a member's clients treat a conversation. The server only keeps it: what it tells nobody, and what is loaded, is theirs
 * to do.
 */
export interface Preferences {
  /** Whether they are to be told of new messages at all. */
  readonly notifications: boolean;
  /** What is to be loaded without being asked for. */
  readonly autoDownload: { readonly photos: boolean; readonly videos: boolean; readonly documents: boolean };
}

/** What holds until a member says otherwise. */
export const defaultPreferences: Preferences = {
  notifications: true,
  autoDownload: { photos: true, videos: false, documents: false },
};

/** What of it changes; what is left out stays as it is. */
export interface PreferencesChange {
  readonly notifications?: boolean | undefined;
  readonly autoDownload?: { readonly [Kind in keyof Preferences['autoDownload']]?: boolean | undefined } | undefined;
}

/** The preferences after a change. */
export function changePreferences(before: Preferences, change: PreferencesChange): Preferences {
  const { photos, videos, documents } = before.autoDownload;
  const { autoDownload = {} } = change;
  return {
    notifications: change.notifications ?? before.notifications,
    autoDownload: {
      photos: autoDownload.photos ?? photos,
      videos: autoDownload.videos ?? videos,
      documents: autoDownload.documents ?? documents,
    },
  };
}
