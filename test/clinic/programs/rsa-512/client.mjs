// Chat with RSA and AES, the client. RSA keys of 512 bits can be factored on a home computer.
import { createCipheriv, createDecipheriv, createPublicKey, publicEncrypt, randomBytes, constants } from 'crypto';
import { connect } from 'net';
import { createInterface } from 'readline';

const key = randomBytes(16);
let ready = false;

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

const socket = connect(8082, '127.0.0.1');
createInterface({ input: socket }).on('line', (line) => {
  try {
    if (!ready) {
      const publicKey = createPublicKey({ key: Buffer.from(line, 'base64'), type: 'spki', format: 'der' });
      const sealed = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING }, key);
      socket.write(sealed.toString('base64') + '\n');
      ready = true;
      console.log('You can chat now.');
      return;
    }
    const text = decrypt(line);
    console.log('server: ' + text);
    if (text === 'EXIT') process.exit();
  } catch (error) {
    console.log('refused: ' + error.message);
  }
});
socket.on('close', () => process.exit());
socket.on('error', (error) => console.log(error.message));

createInterface({ input: process.stdin }).on('line', (line) => {
  if (!ready) return console.log('Please wait.');
  socket.write(encrypt(line) + '\n', () => line === 'EXIT' && process.exit());
});
