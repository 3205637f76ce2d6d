// ECDH chat, the server. Nobody asks whose public key it is.
import net from 'node:net';
import { chat } from './chat.mjs';

const server = net.createServer((socket) => {
  server.close();
  chat(socket, 'client');
});
server.listen(7676, '127.0.0.1', () => console.log('Waiting on 7676'));
