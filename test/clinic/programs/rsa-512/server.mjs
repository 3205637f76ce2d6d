// Chat with RSA and AES, the server. RSA keys of 512 bits can be factored on a home computer.
import { createDecipheriv, createCipheriv, generateKeyPairSync, privateDecrypt, randomBytes, constants } from 'crypto';
import { createServer } from 'net';
import { createInterface } from 'readline';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 512 });
let key;
let peer;

function encrypt(text) {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-128-gcm', key, iv);
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return [iv, data, cipher.getAuthTag()].map((part) => part.toString('base64')).join(' ');
}

function decrypt(line) {
  const [iv, data, tag] = line.split(' ').map((part) => Buffer.from(part, 'base64'));
  const decipher = createDecipheriv('aes-128-gcm', key, iv).setAuthTag(tag);
  return decipher.update(data, undefined, 'utf8') + decipher.final('utf8');
}

createServer((socket) => {
  peer = socket;
  key = undefined;
  console.log('A client has come.');
  socket.write(publicKey.export({ type: 'spki', format: 'der' }).toString('base64') + '\n');
  createInterface({ input: socket }).on('line', (line) => {
    try {
      if (!key) {
        const padding = constants.RSA_PKCS1_OAEP_PADDING;
        key = privateDecrypt({ key: privateKey, padding }, Buffer.from(line, 'base64'));
        return;
      }
      const text = decrypt(line);
      console.log('client: ' + text);
      if (text === 'EXIT') process.exit();
    } catch (error) {
      console.log('refused: ' + error.message);
    }
  });
  socket.on('error', (error) => console.log(error.message));
}).listen(8082, () => console.log('The server listens on 8082.'));

createInterface({ input: process.stdin }).on('line', (line) => {
  if (!key) return console.log('There is no client.');
  peer.write(encrypt(line) + '\n', () => line === 'EXIT' && process.exit());
});
