# Clean: an encrypted chat, the server. Frames, X25519 with a secret that both know, AES-GCM with numbers.
# Usage: python3 server.py PORT
import os
import socket
import sys
import threading
from cryptography.exceptions import InvalidTag
from channel import Channel, LIMIT

chat = None


def leave():
    sys.stdout.flush()
    os._exit(0)


def type_lines():
    while True:
        try:
            text = input()
        except EOFError:
            text = "EXIT"
        try:
            if len(text.encode()) > LIMIT:
                print("* That is too long.")
            elif chat is not None:
                chat.send(text)
            elif text != "EXIT":
                print("* Nobody is here yet.")
        except OSError:
            print("* The message could not be sent.")
        if text == "EXIT":
            leave()


def talk(sock):
    global chat
    # Somebody who says nothing must not keep the others waiting.
    sock.settimeout(3)
    channel = Channel(sock, True)
    sock.settimeout(None)
    chat = channel
    print("* The client is here. Type EXIT to leave.")
    while True:
        text = channel.receive()
        if text == "EXIT":
            print("* The client has left.")
            leave()
        print("Client: " + text)


server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", int(sys.argv[1])))
server.listen()
threading.Thread(target=type_lines, daemon=True).start()
print("* Waiting for a client on port", sys.argv[1])
while True:
    sock, address = server.accept()
    try:
        talk(sock)
    except InvalidTag:
        print("* A message was not from the client, or was changed. I end this chat.")
    except (OSError, ValueError) as error:
        print("* This chat is over:", error)
    chat = None
    sock.close()
