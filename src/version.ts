/** The version of servchat, from package.json, which is one folder above both `src/` and the built `dist/`. */
import { readFileSync } from 'node:fs';

export const VERSION: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
