"""Chats whose key crosses first, sealed by Python's cryptography. Prints JSON: for each name the key's messages and the
rest, as [side, hex]. Framing and spelling are those of common chat programs."""
import base64, json, os, struct
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes, padding as blocks, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

SAID = [("client", "Hello"), ("server", "Hi"), ("client", "I am from cyber security department"),
        ("server", "I am from Computer science department"), ("client", "Nice to Meet you"),
        ("server", "Nice to Meet you too"), ("client", "Ok Bye"), ("server", "Bye")]
RUSSIAN = [("client", "Привет, как дела?"), ("server", "Хорошо, а у тебя?"), ("client", "Тоже хорошо, спасибо")]

def cipher(algorithm, mode, data):
    encryptor = Cipher(algorithm, mode).encryptor()
    return encryptor.update(data) + encryptor.finalize()

def pkcs7(text, size=16):
    padder = blocks.PKCS7(8 * size).padder()
    return padder.update(text.encode()) + padder.finalize()

def raw(data): return data
def line(data): return base64.b64encode(data) + b"\n"
def hexline(data): return data.hex().encode() + b"\n"
def framed(data): return struct.pack("!I", len(data)) + data
def decimal(data): return f"{len(data):<10}".encode() + data

out = {}
def chat(name, keys, seal, said=SAID, frame=raw, wrap=None):
    out[name] = {"keys": [["server", (wrap or frame)(key).hex()] for key in keys],
                 "sealed": [[side, frame(seal(text)).hex()] for side, text in said],
                 "texts": [text for _, text in said]}

key = {size: os.urandom(size) for size in (8, 16, 24, 32)}
iv = os.urandom(16)
AES = algorithms.AES

fernet = Fernet.generate_key()
seal = Fernet(fernet).encrypt
chat("Fernet, one behind the other", [fernet], lambda t: seal(t.encode()))
chat("Fernet, lines", [fernet], lambda t: seal(t.encode()), frame=lambda d: d + b"\n")
chat("Fernet, lengths", [fernet], lambda t: seal(t.encode()), frame=framed)
chat("Fernet, as Python shows bytes", [str(fernet).encode()], lambda t: str(seal(t.encode())).encode(), frame=lambda d: d + b"\n")
chat("Fernet, in JSON", [json.dumps({"type": "key", "key": fernet.decode()}).encode()],
     lambda t: json.dumps({"type": "msg", "data": seal(t.encode()).decode()}).encode())

for size in (16, 24, 32):
    chat(f"AES-{8 * size}-ECB", [key[size]], lambda t: cipher(AES(key[size]), modes.ECB(), pkcs7(t)))
def cbc(t):
    iv = os.urandom(16)
    return iv + cipher(AES(key[32]), modes.CBC(iv), pkcs7(t))
chat("AES-256-CBC, IV first", [key[32]], cbc)
chat("AES-256-CBC, IV first, base64 lines", [key[32]], cbc, frame=line)
chat("AES-256-CBC, IV first, hex lines", [key[32]], cbc, frame=hexline)
chat("AES-256-CBC, IV first, lengths", [key[32]], cbc, frame=framed)
chat("AES-256-CBC, IV first, decimal lengths", [key[32]], cbc, frame=decimal)
chat("AES-256-CBC, IV first, Russian", [key[32]], cbc, said=RUSSIAN)
chat("AES-256-CBC, key as hex", [key[32].hex().encode()], cbc)
chat("AES-256-CBC, key as base64 with a word before", [b"KEY:" + base64.b64encode(key[32])], cbc)
chat("AES-128-CBC, zeros as IV", [key[16]], lambda t: cipher(AES(key[16]), modes.CBC(bytes(16)), pkcs7(t)))
chat("AES-128-CBC, key and IV in one message", [key[16] + iv], lambda t: cipher(AES(key[16]), modes.CBC(iv), pkcs7(t)))
chat("AES-256-CBC, key and IV in one message", [key[32] + iv], lambda t: cipher(AES(key[32]), modes.CBC(iv), pkcs7(t)))
chat("AES-256-CBC, IV in a message of its own", [key[32], iv], lambda t: cipher(AES(key[32]), modes.CBC(iv), pkcs7(t)))
chat("AES-128-CBC, a word as key, padded with blanks", [b"sixteen byte key"],
     lambda t: cipher(AES(b"sixteen byte key"), modes.CBC(iv), t.ljust(16 * (len(t) // 16 + 1)).encode()), wrap=lambda d: d + iv)
chat("AES-128-ECB, a word as key, padded with blanks", [b"sixteen byte key"],
     lambda t: cipher(AES(b"sixteen byte key"), modes.ECB(), t.ljust(16 * (len(t) // 16 + 1)).encode()))
def json_cbc(t):
    iv = os.urandom(16)
    sealed = cipher(AES(key[16]), modes.CBC(iv), pkcs7(t))
    return json.dumps({"iv": base64.b64encode(iv).decode(), "ciphertext": base64.b64encode(sealed).decode()}).encode()
chat("AES-128-CBC in JSON", [json.dumps({"key": base64.b64encode(key[16]).decode()}).encode()], json_cbc, frame=lambda d: d + b"\n")

def ctr(t):
    nonce = os.urandom(16)
    return nonce + cipher(AES(key[16]), modes.CTR(nonce), t.encode())
chat("AES-128-CTR, counter first", [key[16]], ctr)
def ctr8(t):
    nonce = os.urandom(8)
    return nonce + cipher(AES(key[16]), modes.CTR(nonce + bytes(8)), t.encode())
chat("AES-128-CTR, nonce of 8 first", [key[16]], ctr8)
chat("AES-128-CTR, the same counter each time", [key[16], iv], lambda t: cipher(AES(key[16]), modes.CTR(iv), t.encode()))
for mode in (modes.CFB, modes.CFB8, modes.OFB):
    def streamed(t):
        iv = os.urandom(16)
        return iv + cipher(AES(key[32]), mode(iv), t.encode())
    chat(f"AES-256-{mode.__name__}, IV first", [key[32]], streamed)
def gcm(t):
    nonce = os.urandom(12)
    return nonce + AESGCM(key[32]).encrypt(nonce, t.encode(), None)
chat("AES-256-GCM", [key[32]], gcm)
chat("AES-256-GCM, base64 lines", [key[32]], gcm, frame=line)
def gcm16(t):
    nonce = os.urandom(16)
    sealed = AESGCM(key[16]).encrypt(nonce, t.encode(), None)
    return nonce + sealed[-16:] + sealed[:-16]
chat("AES-128-GCM, nonce of 16 and tag first", [key[16]], gcm16)
def chacha(t):
    nonce = os.urandom(12)
    return nonce + ChaCha20Poly1305(key[32]).encrypt(nonce, t.encode(), None)
chat("ChaCha20-Poly1305", [key[32]], chacha)
chat("RC4", [key[16]], lambda t: cipher(algorithms.ARC4(key[16]), None, t.encode()))
chat("DES-CBC", [key[8]], lambda t: (lambda iv: iv + cipher(algorithms.TripleDES(key[8]), modes.CBC(iv), pkcs7(t, 8)))(os.urandom(8)))
def xor(secret): return lambda t: bytes(byte ^ secret[at % len(secret)] for at, byte in enumerate(t.encode()))
chat("XOR, a word", [b"key: tulipgarden"], xor(b"tulipgarden"))
chat("XOR, 16 bytes", [key[16]], xor(key[16]))

private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
def pem(key, format, lock=serialization.NoEncryption()):
    return key.private_bytes(serialization.Encoding.PEM, format, lock)
PKCS8, PKCS1 = serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL
OAEP1 = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
OAEP256 = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
public = private.public_key()
chat("RSA-OAEP, SHA-1, PKCS #8 in PEM", [pem(private, PKCS8)], lambda t: public.encrypt(t.encode(), OAEP1))
chat("RSA-OAEP, SHA-256, PKCS #1 in PEM", [pem(private, PKCS1)], lambda t: public.encrypt(t.encode(), OAEP256))
chat("RSA, PKCS #1 v1.5, base64 lines", [pem(private, PKCS8)], lambda t: public.encrypt(t.encode(), padding.PKCS1v15()), frame=line, wrap=raw)
der = private.private_bytes(serialization.Encoding.DER, PKCS1, serialization.NoEncryption())
chat("RSA-OAEP, SHA-256, DER", [der], lambda t: public.encrypt(t.encode(), OAEP256))
chat("RSA-OAEP, SHA-256, DER in base64", [base64.b64encode(der)], lambda t: public.encrypt(t.encode(), OAEP256))
chat("AES-256-CBC, key sealed with RSA-OAEP", [pem(private, PKCS8), public.encrypt(key[32], OAEP256)], cbc)
chat("Fernet, key sealed with RSA PKCS #1 v1.5", [pem(private, PKCS8), public.encrypt(fernet, padding.PKCS1v15())], lambda t: seal(t.encode()))

def alone(name, *messages): out[name] = {"keys": [["server", m.hex()] for m in messages], "sealed": [], "texts": []}
curve = ec.generate_private_key(ec.SECP256R1())
alone("only an EC key", pem(curve, PKCS8))
alone("only an EC key, SEC 1", pem(curve, PKCS1))
alone("only an RSA key", pem(private, PKCS8))
alone("only a locked key", pem(private, PKCS8, serialization.BestAvailableEncryption(b"tulip")))
alone("only an OpenSSH key", pem(private, serialization.PrivateFormat.OpenSSH))
alone("only a public key", public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
alone("only a public key, DER", public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))
print(json.dumps(out))
