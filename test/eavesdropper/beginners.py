"""Chats as beginners write them, in Python. Prints JSON: for each name what was sent, as [side, hex] for each send().
Each is what the functions of the standard library, or of `cryptography`, make of the same eight sentences."""
import base64, codecs, gzip, hashlib, json, pickle, random, struct, urllib.parse, zlib
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes, padding as blocks, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

SAID = ["hello, is this the server?", "yes it is, welcome", "I am Anna from the second year",
        "Nice to meet you Anna, I am Ben", "have you finished the homework?", "not yet, the last question is hard",
        "meet me in the library at six then", "ok see you there, bye"]
SHORT = ["hi", "hello", "who?", "ben", "ok", "yes", "bye", "bye"]

random_bytes = random.Random(14).randbytes
out = {}

def chat(name, write, first=(), said=SAID):
    """`write` returns what is sent for a text, or a list of what is sent one after the other."""
    sent = [[side, data.hex()] for side, data in first]
    for number, text in enumerate(said):
        data = write(text)
        for part in data if isinstance(data, list) else [data]:
            sent.append([("client", "server")[number % 2], part.hex()])
    out[name] = sent

def xor(data, key):
    return bytes(byte ^ key[at % len(key)] for at, byte in enumerate(data))

def pkcs7(data):
    padder = blocks.PKCS7(128).padder()
    return padder.update(data) + padder.finalize()

def cbc(key, iv, text):
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return encryptor.update(pkcs7(text.encode())) + encryptor.finalize()

# What anyone can read.
chat("text alone", lambda t: t.encode())
chat("JSON lines", lambda t: json.dumps({"from": "anna", "text": t}).encode() + b"\n")
chat("form data", lambda t: ("GET /send?" + urllib.parse.urlencode({"text": t}) + " HTTP/1.1\r\nHost: a\r\n\r\n").encode())
chat("UTF-16", lambda t: t.encode("utf-16-le"))
chat("rot13", lambda t: codecs.encode(t, "rot13").encode())
chat("pickle in zlib", lambda t: zlib.compress(pickle.dumps({"m": t, "u": "anna"})))
chat("ids in hex in gzip", lambda t: gzip.compress("".join(
    f"{random_bytes(12).hex()} {random_bytes(12).hex()} {word}\n" for word in [t] + t.split()).encode()))

chat("XOR with a word, in base64", lambda t: base64.b64encode(xor(t.encode(), b"mykey")) + b"\n")

# What nobody can read without the key.
fernet = Fernet(Fernet.generate_key())
chat("Fernet", lambda t: fernet.encrypt(t.encode()))
chat("Fernet in JSON", lambda t: json.dumps({"token": fernet.encrypt(t.encode()).decode()}).encode() + b"\n")
def gcm(t):
    nonce = random_bytes(12)
    return nonce, AESGCM(bytes(range(32))).encrypt(nonce, t.encode(), None)
chat("AES-GCM, the nonce and the rest in hex", lambda t: ":".join(part.hex() for part in gcm(t)).encode() + b"\n")
chat("AES-GCM in JSON, in hex", lambda t: json.dumps(dict(zip(("nonce", "data"), (p.hex() for p in gcm(t))))).encode())
def cbc_first(t):
    iv = random_bytes(16)
    return iv + cbc(bytes(16), iv, t)
chat("AES-CBC in base64", lambda t: base64.b64encode(cbc_first(t)))
chat("one-time pad in hex", lambda t: xor(t.encode(), random_bytes(len(t))).hex().encode() + b"\n")
chat("RSA of the textbook, letter by letter", lambda t: ",".join(str(pow(ord(c), 17, 3233)) for c in t).encode() + b"\n")
def as_number(t):
    return str(pow(int.from_bytes(t.encode(), "big"), 65537, (2**521 - 1) * (2**607 - 1))).encode()
chat("RSA of the textbook, as a number", lambda t: as_number(t) + b"\n")
P = 2**1279 - 1
chat("numbers of Diffie-Hellman, then Fernet", lambda t: fernet.encrypt(t.encode()),
     first=[("client", f"{P},3,{pow(3, 2**200 + 1, P)}".encode()), ("server", str(pow(3, 2**300 + 1, P)).encode())])
private = rsa.generate_private_key(65537, 2048)
public = private.public_key()
chat("a public key in PEM, then Fernet", lambda t: fernet.encrypt(t.encode()), first=[
    ("server", public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)),
    ("client", public.encrypt(random_bytes(32), padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)))])

# Numbers among texts.
chat("the time in front of each text", lambda t: struct.pack("!d", 1.7e9 + len(t) / 3) + t.encode())
chat("small numbers of Diffie-Hellman, then a shift", lambda t: bytes((c + 2) % 256 for c in t.encode()),
     first=[("client", b'{"p": 23, "g": 5, "A": 8}'), ("server", b'{"B": 19}')])

# What a key opens that crossed too.
iv = random_bytes(16)
key = random_bytes(16)
chat("key: pickled with its IV", lambda t: cbc(key, iv, t), first=[("client", pickle.dumps((key, iv)))])
hashed = Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"hunter22").digest()))
chat("key: the SHA-256 of a password", lambda t: hashed.encrypt(t.encode()) + b"\n", first=[("client", b"password: hunter22\n")])
chat("key: the MD5 of a password", lambda t: cbc(hashlib.md5(b"tulip").digest(), iv, t),
     first=[("server", b'{"password": "tulip"}'), ("client", iv)])
chat("key: a word for XOR", lambda t: xor(t.encode(), b"monkey"), first=[("client", b"key=monkey\n")])

print(json.dumps(out))
