# Clean: an encrypted chat, the client. Frames, X25519 with a secret that both know, AES-GCM with numbers.
# Usage: python3 client.py HOST PORT
import os
import socket
import sys
import threading
from cryptography.exceptions import InvalidTag
from channel import Channel, LIMIT


def leave(code):
    sys.stdout.flush()
    os._exit(code)


def show_messages():
    try:
        while True:
            text = channel.receive()
            if text == "EXIT":
                print("* The server has left.")
                leave(0)
            print("Server: " + text)
    except InvalidTag:
        print("* A message was not from the server, or was changed. I end this chat.")
    except (OSError, ValueError) as error:
        print("* This chat is over:", error)
    leave(1)


sock = socket.create_connection((sys.argv[1], int(sys.argv[2])))
try:
    channel = Channel(sock, False)
except InvalidTag:
    sys.exit("* This is not our server: it does not know the secret.")
except (OSError, ValueError) as error:
    sys.exit("* No chat: " + str(error))
print("* You are in the chat. Type EXIT to leave.")
threading.Thread(target=show_messages, daemon=True).start()
while True:
    try:
        line = input()
    except EOFError:
        line = "EXIT"
    if len(line.encode()) > LIMIT:
        print("* That is too long.")
        continue
    try:
        channel.send(line)
    except OSError:
        print("* The message could not be sent.")
    if line == "EXIT":
        leave(0)
