/** What `npm run fuzz` was asked for. In all other runs the tests try the same examples each time. */

/** Where the random examples start. `jest.fuzz.config.js` chooses another one for each run. */
export const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_127);

const isFuzz = process.env['SERVCHAT_FUZZ'] === '1';

export interface Amount {
  readonly usual: number;
  readonly fuzz: number;
}

/** How many damaged files a test tries. */
export function filesToTry(amount: Amount): number {
  return Number(process.env['FUZZ_FILES'] ?? examplesToTry(amount));
}

/**
 * How many examples of a property a test tries. The usual ones are the same in each run, so more of them cost much and
 * find little.
 */
export function examplesToTry({ usual, fuzz }: Amount): number {
  return isFuzz ? fuzz : usual;
}
