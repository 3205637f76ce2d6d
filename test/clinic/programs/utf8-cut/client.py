# Plaintext chat with lines. Each recv is decoded by itself: a letter that arrives in two parts ends the program.
import os
import socket
import threading

def receive(sock, who):
    text = ""
    while True:
        data = sock.recv(512)
        if not data:
            break
        text += data.decode("utf-8")
        while "\n" in text:
            line, text = text.split("\n", 1)
            print(who, "says", line)
            if line == "stop":
                os._exit(0)
    print(who, "has gone")
    os._exit(0)

def main():
    sock = socket.create_connection(("127.0.0.1", 4321))
    print("client is up")
    threading.Thread(target=type_lines, args=(sock,), daemon=True).start()
    receive(sock, "server")

def type_lines(sock):
    while True:
        line = input()
        sock.sendall((line + "\n").encode("utf-8"))
        if line == "stop":
            os._exit(0)

main()
