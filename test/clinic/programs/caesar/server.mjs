// Chat with a Caesar cipher: every letter moves by 3. Everybody can try the 25 shifts.
import net from 'node:net';
import readline from 'node:readline';

const SHIFT = 3;

function shift(text, by) {
  return text.replace(/[a-z]/gi, (letter) => {
    const first = letter <= 'Z' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - first + by + 26) % 26) + first);
  });
}

let client;
const server = net.createServer((socket) => {
  console.log('client connected');
  client = socket;
  socket.setEncoding('utf8');
  let rest = '';
  socket.on('data', (data) => {
    const lines = (rest + data).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      const text = shift(line, -SHIFT);
      console.log('Client: ' + text);
      if (text === '/quit') process.exit();
    }
  });
  socket.on('error', (e) => console.log(e.message));
  socket.on('close', () => console.log('client disconnected'));
});
server.listen(6000, () => console.log('listening on 6000'));

const rl = readline.createInterface({ input: process.stdin });
rl.on('line', (line) => {
  if (!client) return console.log('no client yet');
  client.write(shift(line, SHIFT) + '\n', () => {
    if (line === '/quit') process.exit();
  });
});
