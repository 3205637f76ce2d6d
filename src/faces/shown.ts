/** The default limits of what a terminal shows, so that a person can read it. The JSON faces contain everything. */

/** How many conversations are shown in full if there are many. Each of the others has a line in the list. */
export const MOST_IN_FULL = 8;
/** The most rows of one table. */
export const USUAL_ROWS = 100;
/** The most messages of each conversation, if several are shown in full. */
export const ROWS_AMONG_OTHERS = 20;

/** How many conversations a table shows, from the first one on. `limit`: as the user gave it; 0 means all. */
export function conversationsShown(limit: number = USUAL_ROWS): number {
  return limit === 0 ? Infinity : Math.max(limit, MOST_IN_FULL);
}
