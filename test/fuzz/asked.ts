/** What `npm run fuzz` was asked for. In all other runs the tests try the same examples each time. */

/** Where the random examples start. `jest.fuzz.config.js` chooses another one for each run. */
export const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_127);

const isFuzz = process.env['SERVCHAT_FUZZ'] === '1';

/** How many damaged files a test tries. */
export function filesToTry({ usual, fuzz }: { readonly usual: number; readonly fuzz: number }): number {
  return Number(process.env['FUZZ_FILES'] ?? (isFuzz ? fuzz : usual));
}
