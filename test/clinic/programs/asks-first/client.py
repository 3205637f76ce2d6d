# Chat that asks for a user name, a password and a menu first. The password crosses the wire as it is, and so does the chat.
import os
import socket
import threading

sock = socket.create_connection(("127.0.0.1", 5678))
stream = sock.makefile("r", encoding="utf-8")
user = input("User name: ")
password = input("Password: ")
sock.sendall(f"{user}\n{password}\n".encode())
if stream.readline() != "OK\n":
    print("Wrong password")
    raise SystemExit

while True:
    print("1) Chat")
    print("2) Help")
    print("3) Quit")
    choice = input("Your choice: ")
    if choice == "1":
        break
    if choice == "2":
        print("Choose 1 to chat. In the chat, write quit to leave.")
    if choice == "3":
        raise SystemExit

def show():
    for line in stream:
        print(line.rstrip("\n"))
        if line.endswith(": quit\n"):
            break
    os._exit(0)

threading.Thread(target=show, daemon=True).start()
print("Chat started")
while True:
    text = input()
    sock.sendall(f"{user}: {text}\n".encode())
    if text == "quit":
        break
