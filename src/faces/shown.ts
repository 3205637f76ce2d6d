/** How much is shown at a terminal where nobody said: a person is to take it in. The JSON faces have it all. */

/** Conversations that are shown in full where there are many; each other one has its line in the list. */
export const MOST_IN_FULL = 8;
/** Rows of one table. */
export const USUAL_ROWS = 100;
/** Messages of each conversation, where more than one is shown in full. */
export const ROWS_AMONG_OTHERS = 20;
