// Clean, in Node: the server of an encrypted chat. It signs the exchange of keys; the client knows its public key.
import crypto from 'node:crypto';
import net from 'node:net';
import readline from 'node:readline';
import { directionKeys, rawPublic, readFrames, Receiver, Sender, writeFrame } from './channel.mjs';

const PORT = 4040;
// In real life this stands in a file that only the server can read.
const SEED = Buffer.from('5d02c7e1944fb8360a1be7d953c68f20711ea94c3d85f60bb27a90e4185fc36d', 'hex');
const signingKey = crypto.createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), SEED]),
  type: 'pkcs8',
  format: 'der',
});

let chat = null;

const server = net.createServer((socket) => {
  let receiver = null;
  let sender = null;
  // Somebody who says nothing is sent away.
  socket.setTimeout(5000, () => chat?.socket === socket || socket.destroy());
  socket.on('error', (error) => console.log(`* Connection ended: ${error.message}`));
  socket.on('close', () => {
    if (chat?.socket !== socket) return;
    chat = null;
    console.log('* The client is gone. I wait for the next.');
  });
  readFrames(socket, (frame) => {
    if (receiver === null) {
      if (frame.length !== 32) throw new Error('not a key');
      const pair = crypto.generateKeyPairSync('x25519');
      const mine = rawPublic(pair);
      const publics = Buffer.concat([frame, mine]);
      const keys = directionKeys(pair, frame, publics);
      receiver = new Receiver(keys.fromClient);
      sender = new Sender(socket, keys.fromServer);
      writeFrame(socket, Buffer.concat([mine, crypto.sign(null, publics, signingKey)]));
      return;
    }
    const text = receiver.open(frame);
    if (chat?.socket !== socket) {
      // The first message only proves that the client has the keys.
      if (chat !== null) return socket.destroy();
      chat = sender;
      console.log('* The client is here. Type EXIT to leave.');
      return;
    }
    if (text === 'EXIT') {
      console.log('* The client has left.');
      process.exit(0);
    }
    console.log(`Client: ${text}`);
  });
});
server.listen(PORT, '127.0.0.1', () => console.log(`* Waiting on port ${PORT}`));

const leave = () => (chat === null ? process.exit(0) : chat.socket.end(() => process.exit(0)));
const lines = readline.createInterface({ input: process.stdin });
lines.on('line', (line) => {
  if (chat !== null) chat.send(line);
  else if (line !== 'EXIT') console.log('* Nobody is here yet.');
  if (line === 'EXIT') leave();
});
