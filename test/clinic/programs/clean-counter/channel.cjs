// Each frame: 4 bytes of length, the ciphertext, and the tag. The nonce does not cross: it is the direction and a counter.
const crypto = require('crypto');
class Channel {
  constructor(socket, role, password, salt, onText) {
    this.key = crypto.scryptSync(password, salt, 32);
    this.socket = socket;
    this.role = role;
    this.sent = 0;
    this.seen = 0;
    this.buffer = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      this.buffer = Buffer.concat([this.buffer, chunk]);
      while (this.buffer.length >= 4) {
        const n = this.buffer.readUInt32BE(0);
        if (n > 1e6) return this.fail('frame too large');
        if (this.buffer.length < 4 + n) return;
        const frame = this.buffer.subarray(4, 4 + n);
        this.buffer = this.buffer.subarray(4 + n);
        try {
          onText(this.open(frame));
        } catch (e) {
          return this.fail(e.message);
        }
      }
    });
    socket.on('error', () => {});
  }
  nonce(role, count) {
    const nonce = Buffer.alloc(12);
    nonce[0] = role === 'server' ? 1 : 2;
    nonce.writeUInt32BE(count, 8);
    return nonce;
  }
  send(text) {
    const nonce = this.nonce(this.role, this.sent++);
    const c = crypto.createCipheriv('aes-256-gcm', this.key, nonce);
    const body = Buffer.concat([c.update(text, 'utf8'), c.final(), c.getAuthTag()]);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(body.length);
    this.socket.write(Buffer.concat([head, body]));
  }
  open(frame) {
    const nonce = this.nonce(this.role === 'server' ? 'client' : 'server', this.seen);
    const d = crypto.createDecipheriv('aes-256-gcm', this.key, nonce);
    d.setAuthTag(frame.subarray(-16));
    const text = Buffer.concat([d.update(frame.subarray(0, -16)), d.final()]).toString();
    this.seen++;
    return text;
  }
  fail(why) {
    console.log('*** refused: ' + why);
    this.socket.destroy();
  }
}
module.exports = Channel;
