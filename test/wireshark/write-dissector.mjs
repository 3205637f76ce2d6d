/** `npm run dissector`: puts the tables of src/protocol/ into the dissector again, after a change of them. */
import { readFileSync, writeFileSync } from 'node:fs';

import { withTables } from '../../dist/wireshark/dissector-tables.js';

const FILE = 'lessons/wireshark/servchat.lua';

writeFileSync(FILE, withTables(readFileSync(FILE, 'utf8')));
