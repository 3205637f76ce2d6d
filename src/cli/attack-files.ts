/** Moves the captures and keys of attacks from the workplace of a folder to their final places. */
import fs from 'node:fs';
import path from 'node:path';

import type { Cell } from '../attacker/matrix.js';
import type { OwnFolder } from '../files/own-folder.js';

/** Returns the cells, with the new paths of their captures. */
export function publishRuns(cells: readonly Cell[], folder: OwnFolder): readonly Cell[] {
  for (const name of fs.readdirSync(folder.workplace)) folder.publish(name);
  const placed = (file: string): string => path.join(folder.path, path.basename(file));
  return cells.map((cell) => {
    const { client, server } = cell.captures;
    return { ...cell, captures: { client: placed(client), server: server === null ? null : placed(server) } };
  });
}

/** Writes `document` under `name`, in place of the one that we wrote before. Returns its path. */
export function publishDocument(document: string, name: string, folder: OwnFolder): string {
  fs.writeFileSync(path.join(folder.workplace, name), document);
  return folder.publish(name);
}
