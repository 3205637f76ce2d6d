import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { LiveCaptureUnavailable, startLive } from '../src/capture/live.js';

/** Why live capture does not work on this machine, or null if it works. Only a try can tell. */
export async function whyNoLiveCapture(): Promise<string | null> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'servchat-live-'));
  try {
    const recorder = await startLive({ port: 1, file: path.join(folder, 'try.pcap') });
    await recorder.stop();
    return null;
  } catch (error) {
    if (error instanceof LiveCaptureUnavailable) return error.message;
    throw error;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
