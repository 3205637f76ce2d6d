// Clean, in Node: the client of an encrypted chat. It knows the server's public key from before.
import crypto from 'node:crypto';
import net from 'node:net';
import readline from 'node:readline';
import { directionKeys, rawPublic, readFrames, Receiver, Sender, writeFrame } from './channel.mjs';

const HOST = '127.0.0.1';
const PORT = 4040;
const SERVER_KEY = crypto.createPublicKey({
  key: Buffer.from('302a300506032b65700321001b411f837149c73715eeb9a3f2a83a975c1a9db2e3d30107a91c1da89f44dcfa', 'hex'),
  type: 'spki',
  format: 'der',
});

const pair = crypto.generateKeyPairSync('x25519');
const mine = rawPublic(pair);
let sender = null;
let receiver = null;

// Called when there is a channel. What was typed before waits.
function readKeyboard() {
  const lines = readline.createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    sender.send(line);
    if (line === 'EXIT') socket.end();
  });
}

const socket = net.connect(PORT, HOST, () => writeFrame(socket, mine));
socket.on('error', (error) => console.log(`* Connection ended: ${error.message}`));
socket.on('close', () => {
  console.log('* The chat is over.');
  process.exit(0);
});

readFrames(socket, (frame) => {
  if (receiver === null) {
    const theirs = frame.subarray(0, 32);
    const publics = Buffer.concat([mine, theirs]);
    if (!crypto.verify(null, publics, SERVER_KEY, frame.subarray(32))) throw new Error('not our server');
    const keys = directionKeys(pair, theirs, publics);
    receiver = new Receiver(keys.fromServer);
    sender = new Sender(socket, keys.fromClient);
    sender.send('hello');
    console.log('* You are in the chat. Type EXIT to leave.');
    readKeyboard();
    return;
  }
  const text = receiver.open(frame);
  if (text === 'EXIT') {
    console.log('* The server has left.');
    socket.end();
    return;
  }
  console.log(`Server: ${text}`);
});
