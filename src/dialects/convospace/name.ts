/** The name of this door: its path, its namespace, and what its sessions and numbers belong to. */
export const doorName = 'convospace';
