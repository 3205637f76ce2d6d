// ECDH chat, the client. Nobody asks whose public key it is.
import net from 'node:net';
import { chat } from './chat.mjs';

const socket = net.connect(7676, '127.0.0.1', () => chat(socket, 'server'));
