/**
 * The second thread of `examining-thread.ts`. It receives parcels, and sends each one back with the findings for the
 * streams that ended in it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { Content, type ContentFindings } from './content.js';
import { eachPiece, type Answer, type ExaminingData, type Parcel } from './parcel.js';

const { hashes } = workerData as ExaminingData;
const contents = new Map<number, Content>();
let found: [number, ContentFindings][] = [];

function contentOf(stream: number): Content {
  const known = contents.get(stream);
  if (known !== undefined) return known;
  const content = new Content((all) => {
    found.push([stream, all]);
    contents.delete(stream);
  }, hashes);
  contents.set(stream, content);
  return content;
}

parentPort?.on('message', (parcel: Parcel) => {
  eachPiece(parcel, (stream, bytes, start, end, behind) => {
    contentOf(stream).take(bytes, start, end, behind);
  });
  const answer: Answer = { memory: parcel.memory, found };
  found = [];
  parentPort?.postMessage(answer);
});
