#!/usr/bin/env python3
"""The benchmark's Python pair: what `../peer/peer.py` speaks, with one end saying all that it is given and the other showing it.

usage: stream_peer.py client MODE HOST PORT    or    stream_peer.py server MODE

MODE is plaintext, tls, or the name of an integrity check. What can be read at once is handled and written at once.
"""
import hashlib
import hmac
import os
import socket
import ssl
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

sys.path.insert(0, str(Path(__file__).parent.parent / "peer"))
import peer

CHUNK = 1 << 16


def main():
    role, mode, *address = sys.argv[1:]
    if mode in ("plaintext", "tls"):
        wire, seal, open_ = bare(role, mode, *address)
    else:
        chat = peer.client(address[0], int(address[1]), mode) if role == "client" else peer.server(mode)
        wire, seal, open_ = chat.wire, sealer(chat), opener(chat)
    print("Connected", flush=True)
    if role == "client":
        say(wire.connection, seal)
    else:
        show(wire.file, open_)


def say(connection, seal):
    for lines in chunks(lambda: os.read(0, CHUNK)):
        connection.sendall(b"".join([seal(line) for line in lines]))
        if peer.leaves(lines[-1].decode()):
            wait_for_end(connection)
            return


def wait_for_end(connection):
    """Who closes with something unread, such as a ticket of TLS 1.3, resets what the other side has yet to read."""
    try:
        while connection.recv(CHUNK):
            pass
    except OSError:
        pass


def show(file, open_):
    for lines in chunks(lambda: file.read1(CHUNK)):
        texts = [open_(line).decode() for line in lines]
        sys.stdout.write("".join(["client: %s\n" % text for text in texts if not peer.leaves(text)]))
        sys.stdout.flush()
        if peer.leaves(texts[-1]):
            return


def chunks(read):
    """The lines that each read completes."""
    rest = b""
    while True:
        piece = read()
        peer.expect(piece, "the stream ended")
        *lines, rest = (rest + piece).split(b"\n")
        if lines:
            yield lines


def sealer(chat):
    encrypt = chat.fernet.encrypt
    check = checker(chat, chat.role)

    def seal(text):
        token = encrypt(text)
        return b"MESSAGE %s %s\n" % (token, check(token))

    return seal


def opener(chat):
    decrypt = chat.fernet.decrypt
    check = checker(chat, "client" if chat.role == "server" else "server")

    def open_(line):
        fields = line.split(b" ")
        peer.expect(len(fields) == 3 and fields[0] == b"MESSAGE", "not a MESSAGE")
        peer.expect(hmac.compare_digest(check(fields[1]), fields[2]), "wrong check")
        return decrypt(fields[1])

    return open_


def checker(chat, direction):
    """What `Chat.check` computes, the choice of it made once; `hmac.digest` is the quickest that Python has."""
    key, prefix, n = chat.hmac_key, direction.encode(), -1
    if chat.integrity == "sha256":
        return lambda token: hashlib.sha256(token).hexdigest().encode()
    if chat.integrity == "hmac-sha256":
        return lambda token: hmac.digest(key, token, "sha256").hex().encode()

    def numbered(token):
        nonlocal n
        n += 1
        return hmac.digest(key, b"%s %d %s" % (prefix, n, token), "sha256").hex().encode()

    return numbered


def bare(role, mode, *address):
    if role == "client":
        connection = socket.create_connection((address[0], int(address[1])), timeout=30)
        if mode == "tls":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            connection = context.wrap_socket(connection)
    else:
        context = server_context() if mode == "tls" else None
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        connection, _ = listener.accept()
        connection.settimeout(30)
        if context:
            connection = context.wrap_socket(connection, server_side=True)
    return peer.Wire(connection), lambda text: text + b"\n", lambda line: line


def server_context():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "servchat")])
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    with tempfile.NamedTemporaryFile() as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        file.write(certificate.public_bytes(serialization.Encoding.PEM))
        file.flush()
        context.load_cert_chain(file.name)
    return context


if __name__ == "__main__":
    main()
