#!/usr/bin/env python3
"""A second servchat for tests to chat with, written only from the protocol's page, with Python's cryptography package.

usage: peer.py client HOST PORT INTEGRITY    or    peer.py server INTEGRITY

The server prints its port as its first line. Each line of standard input is sent as a message. Each received message is
printed. EXIT or END ends the chat. If the other side breaks the protocol, it prints `REFUSED <why>` and exits with 3.
"""
import base64
import hashlib
import hmac
import os
import socket
import sys

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


class Refused(Exception):
    pass


def expect(condition, why):
    if not condition:
        raise Refused(why)


class Wire:
    def __init__(self, connection):
        self.connection = connection
        self.file = connection.makefile("rb")

    def send(self, *fields):
        self.connection.sendall(" ".join(fields).encode() + b"\n")

    def receive(self):
        line = self.file.readline(65536)
        expect(line.endswith(b"\n"), "the stream ended")
        return line.rstrip(b"\n").decode().split(" ")


class Chat:
    def __init__(self, wire, role, integrity, key):
        self.wire, self.role, self.integrity = wire, role, integrity
        self.fernet = Fernet(base64.urlsafe_b64encode(key[:32]))
        self.hmac_key = key[32:]
        self.counts = {"client": 0, "server": 0}

    def check(self, direction, token):
        n = self.counts[direction]
        self.counts[direction] += 1
        if self.integrity == "sha256":
            return hashlib.sha256(token).hexdigest()
        text = token if self.integrity == "hmac-sha256" else b"%s %d %s" % (direction.encode(), n, token)
        return hmac.new(self.hmac_key, text, "sha256").hexdigest()

    def say(self, text):
        token = self.fernet.encrypt(text.encode())
        self.wire.send("MESSAGE", token.decode(), self.check(self.role, token))

    def hear(self):
        fields = self.wire.receive()
        expect(len(fields) == 3 and fields[0] == "MESSAGE", "not a MESSAGE: %s" % " ".join(fields)[:80])
        token = fields[1].encode()
        other = "server" if self.role == "client" else "client"
        expect(hmac.compare_digest(self.check(other, token), fields[2]), "wrong check")
        return self.fernet.decrypt(token).decode()


def client(host, port, integrity):
    wire = Wire(socket.create_connection((host, port), timeout=30))
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    spki = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    wire.send("HELLO", "servchat/1", integrity)
    wire.send("PUBLIC-KEY", base64.b64encode(spki).decode())
    fields = wire.receive()
    expect(len(fields) == 2 and fields[0] == "SESSION-KEY", "not a SESSION-KEY: %s" % " ".join(fields))
    key = private.decrypt(base64.b64decode(fields[1], validate=True), OAEP)
    expect(len(key) == 64, "the session key has %d bytes" % len(key))
    return Chat(wire, "client", integrity, key)


def server(integrity):
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    connection, _ = listener.accept()
    connection.settimeout(30)
    wire = Wire(connection)
    expect(wire.receive() == ["HELLO", "servchat/1", integrity], "another HELLO")
    kind, spki = wire.receive()
    expect(kind == "PUBLIC-KEY", "not a PUBLIC-KEY")
    public = serialization.load_der_public_key(base64.b64decode(spki, validate=True))
    expect(public.public_numbers().e == 65537 and public.key_size >= 2048, "weak key")
    key = os.urandom(64)
    wire.send("SESSION-KEY", base64.b64encode(public.encrypt(key, OAEP)).decode())
    return Chat(wire, "server", integrity, key)


def leaves(text):
    return text.strip().upper() in ("EXIT", "END")


def main():
    """Sends and receives in turn, the client first. That is enough for a conversation, and needs no threads."""
    chat = client(sys.argv[2], int(sys.argv[3]), sys.argv[4]) if sys.argv[1] == "client" else server(sys.argv[2])
    mine = chat.role == "client"
    while True:
        if mine:
            text = sys.stdin.readline().rstrip("\n")
            chat.say(text)
        else:
            text = chat.hear()
            print(text, flush=True)
        if leaves(text):
            return
        mine = not mine


if __name__ == "__main__":
    try:
        main()
    except Refused as why:
        print("REFUSED %s" % why, flush=True)
        sys.exit(3)
