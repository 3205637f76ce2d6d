/** The default limits of what a terminal shows, so that a person can read it. The JSON faces contain everything. */

/** How many conversations are shown in full if there are many. Each of the others has a line in the list. */
export const MOST_IN_FULL = 8;
/** The most rows of one table. */
export const USUAL_ROWS = 100;
/** The most messages of each conversation, if several are shown in full. */
export const ROWS_AMONG_OTHERS = 20;
