/** The listener's own thread, so that the chat never waits for it. */
import { parentPort } from 'node:worker_threads';

import type { ListenerKnows } from './events.js';
import { listenTo, type Said } from './listening.js';

/** What the thread is asked: to listen to this capture. */
export interface ToListen {
  readonly file: string;
  readonly said: Said;
}

/** null: the capture could not be read, for example because it is being removed. */
export type Heard = ListenerKnows | null;

parentPort?.on('message', ({ file, said }: ToListen) => {
  listenTo(file, said).then(answer, () => {
    answer(null);
  });
});

function answer(heard: Heard): void {
  parentPort?.postMessage(heard);
}
