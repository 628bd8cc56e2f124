// How a front of the API server behaves where servers differ from each other or are known to go wrong. Faults change it.

export interface Conduct {
  /** False: as a server before WatchList, or with it switched off. */
  streamsLists: boolean;
  /** False: none are sent, not even the one that ends a streamed list. */
  sendsBookmarks: boolean;
  /** False: the bookmark that ends a streamed list does not say so. */
  marksInitialEnd: boolean;
  /** False: bookmarks come as objects of another kind. */
  bookmarksOwnKind: boolean;
  /** How a watch from a forgotten version is refused. */
  goneAs: 'event' | 'status';
  /** How often a client met something unusual of the above, or was told that its version is gone. */
  strayed: number;
}

export const usualConduct: Readonly<Conduct> = {
  streamsLists: true,
  sendsBookmarks: true,
  marksInitialEnd: true,
  bookmarksOwnKind: true,
  goneAs: 'event',
  strayed: 0,
};
