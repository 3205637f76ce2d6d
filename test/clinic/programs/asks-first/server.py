# Chat that asks for a user name, a password and a menu first. The password crosses the wire as it is, and so does the chat.
import os
import socket
import threading

USERS = {"anna": "tulip7", "ben": "rocket9"}

print("=== CHAT SERVER ===")
nickname = input("Your nickname: ")
server = socket.create_server(("127.0.0.1", 5678))
print("Waiting...")

def check(stream, conn):
    user, password = stream.readline().strip(), stream.readline().strip()
    good = USERS.get(user) == password
    conn.sendall(b"OK\n" if good else b"NO\n")
    return user if good else None

while True:
    conn, _ = server.accept()
    stream = conn.makefile("r", encoding="utf-8", errors="replace")
    try:
        user = check(stream, conn)
    except OSError:
        user = None
    if user:
        break
    print("Somebody gave a wrong password")
    conn.close()

print(user, "is here")

def show():
    for line in stream:
        print(line.rstrip("\n"))
        if line.endswith(": quit\n"):
            break
    os._exit(0)

threading.Thread(target=show, daemon=True).start()
while True:
    text = input()
    conn.sendall(f"{nickname}: {text}\n".encode())
    if text == "quit":
        break
