// ECDH chat, what both programs need: keys of P-256 in JSON lines, AES-256-GCM with the SHA-256 of the secret.
import crypto from 'node:crypto';
import readline from 'node:readline';

export function chat(socket, other) {
  const ecdh = crypto.createECDH('prime256v1');
  const say = (value) => socket.write(JSON.stringify(value) + '\n');
  let key = null;
  say({ type: 'hello', publicKey: ecdh.generateKeys('base64') });

  readline.createInterface({ input: socket }).on('line', (line) => {
    const message = JSON.parse(line);
    if (message.type === 'hello') {
      const shared = ecdh.computeSecret(message.publicKey, 'base64');
      key = crypto.createHash('sha256').update(shared).digest();
      console.log('Key agreed.');
      return;
    }
    const decipher = crypto.createDecipheriv('aes-256-gcm', key, Buffer.from(message.iv, 'base64'));
    decipher.setAuthTag(Buffer.from(message.tag, 'base64'));
    const text = decipher.update(message.data, 'base64', 'utf8') + decipher.final('utf8');
    console.log(`${other}: ${text}`);
    if (text === 'quit') process.exit();
  });

  readline.createInterface({ input: process.stdin }).on('line', (text) => {
    const iv = crypto.randomBytes(12);
    const cipher = crypto.createCipheriv('aes-256-gcm', key, iv);
    const data = cipher.update(text, 'utf8', 'base64') + cipher.final('base64');
    say({ type: 'text', iv: iv.toString('base64'), data, tag: cipher.getAuthTag().toString('base64') });
    if (text === 'quit') setTimeout(() => process.exit(), 100);
  });
  socket.on('close', () => process.exit());
  socket.on('error', () => process.exit());
}
