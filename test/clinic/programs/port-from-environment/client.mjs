// Chat whose port comes from the environment, CHAT_PORT. Lines of JSON, in plaintext.
import net from 'node:net';
import readline from 'node:readline';

const { CHAT_HOST: host = '127.0.0.1', CHAT_PORT: port } = process.env;
if (!port) {
  console.error('Set CHAT_PORT first');
  process.exit(1);
}

const socket = net.connect({ host, port }, () => console.log('in the chat'));
socket.on('error', (error) => console.log(error.message));
socket.on('close', () => process.exit(0));
readline.createInterface({ input: socket }).on('line', (line) => {
  try {
    const { from, text } = JSON.parse(line);
    console.log(`${from}: ${text}`);
    if (text === 'bye') process.exit(0);
  } catch (error) {
    console.log('What is this?', error.message);
  }
});

readline.createInterface({ input: process.stdin }).on('line', (text) => {
  socket.write(JSON.stringify({ from: 'client', text }) + '\n');
  if (text === 'bye') socket.end();
});
