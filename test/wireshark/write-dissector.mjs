/** `npm run dissector`: copies the tables of src/protocol/ into the dissector. Run it when one of them has changed. */
import { readFileSync, writeFileSync } from 'node:fs';

import { withTables } from '../../dist/wireshark/dissector-tables.js';

const FILE = 'lessons/wireshark/servchat.lua';

writeFileSync(FILE, withTables(readFileSync(FILE, 'utf8')));
