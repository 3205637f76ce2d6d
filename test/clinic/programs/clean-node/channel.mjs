// Clean: what both programs need, in Node. Frames with a length in front, and a sealed channel.
import crypto from 'node:crypto';

const LIMIT = 1000000;

// Calls onFrame for each whole frame, however the bytes arrive.
export function readFrames(socket, onFrame) {
  let waiting = Buffer.alloc(0);
  socket.on('data', (data) => {
    waiting = Buffer.concat([waiting, data]);
    while (waiting.length >= 4 && !socket.destroyed) {
      const length = waiting.readUInt32BE(0);
      if (length > LIMIT) return socket.destroy(new Error('a frame is too long'));
      if (waiting.length < 4 + length) return;
      const frame = waiting.subarray(4, 4 + length);
      waiting = waiting.subarray(4 + length);
      try {
        onFrame(frame);
      } catch {
        return socket.destroy(new Error('a message was changed, or is not from the other side'));
      }
    }
  });
}

export function writeFrame(socket, data) {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  socket.write(Buffer.concat([length, data]));
}

const SPKI = Buffer.from('302a300506032b656e032100', 'hex');
export const rawPublic = (pair) => pair.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);

// The two keys, one for each direction.
export function directionKeys(pair, theirs, publics) {
  const publicKey = crypto.createPublicKey({ key: Buffer.concat([SPKI, theirs]), type: 'spki', format: 'der' });
  const shared = crypto.diffieHellman({ privateKey: pair.privateKey, publicKey });
  const keys = Buffer.from(crypto.hkdfSync('sha256', shared, '', publics, 64));
  return { fromClient: keys.subarray(0, 32), fromServer: keys.subarray(32) };
}

// The number of a message is its nonce, so a replay does not open.
function nonce(number) {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(number, 8);
  return bytes;
}

export class Sender {
  number = 0;
  constructor(socket, key) {
    this.socket = socket;
    this.key = key;
  }
  send(text) {
    const cipher = crypto.createCipheriv('aes-256-gcm', this.key, nonce(this.number++));
    writeFrame(this.socket, Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]));
  }
}

export class Receiver {
  number = 0;
  constructor(key) {
    this.key = key;
  }
  open(frame) {
    const decipher = crypto.createDecipheriv('aes-256-gcm', this.key, nonce(this.number++), { authTagLength: 16 });
    decipher.setAuthTag(frame.subarray(-16));
    return Buffer.concat([decipher.update(frame.subarray(0, -16)), decipher.final()]).toString();
  }
}
