# A chat room: clients give a name, then write "recipient: text". All goes through the server, in plaintext.
import socket
import threading

clients = {}

def handle(conn):
    stream = conn.makefile("r", encoding="utf-8", errors="replace")
    conn.sendall(b"Your name?\n")
    name = stream.readline().strip()
    clients[name] = conn
    print(name, "joined, now here:", ", ".join(clients))
    conn.sendall(f"Welcome {name}! Write recipient: text\n".encode())
    try:
        for line in stream:
            line = line.strip()
            if line == "EXIT":
                break
            recipient, _, text = line.partition(":")
            recipient = recipient.strip()
            if recipient in clients:
                clients[recipient].sendall(f"{name}: {text.strip()}\n".encode())
            else:
                conn.sendall(f"There is no {recipient}\n".encode())
    except OSError as e:
        print(name, "lost:", e)
    clients.pop(name, None)
    conn.close()
    print(name, "left")

server = socket.create_server(("0.0.0.0", 2222))
print("Chat room on port 2222")
while True:
    conn, addr = server.accept()
    threading.Thread(target=handle, args=(conn,), daemon=True).start()
