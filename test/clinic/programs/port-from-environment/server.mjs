// Chat whose port comes from the environment, CHAT_PORT. Lines of JSON, in plaintext.
import net from 'node:net';
import readline from 'node:readline';

const port = Number(process.env.CHAT_PORT);
if (!port) {
  console.error('Set CHAT_PORT first');
  process.exit(1);
}

const sockets = new Set();
net
  .createServer((socket) => {
    sockets.add(socket);
    console.log('+ client');
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket) && console.log('- client'));
    readline.createInterface({ input: socket }).on('line', (line) => {
      try {
        const { from, text } = JSON.parse(line);
        console.log(`${from}: ${text}`);
        if (text === 'bye') process.exit(0);
      } catch (error) {
        console.log('What is this?', error.message);
      }
    });
  })
  .listen(port, () => console.log('chat on', port));

readline.createInterface({ input: process.stdin }).on('line', (text) => {
  for (const socket of sockets) socket.write(JSON.stringify({ from: 'server', text }) + '\n');
  if (text === 'bye') setTimeout(() => process.exit(0), 100);
});
