# A fork for each client. The child ignores SIGTERM and lives on for ten minutes after all have gone, with the port in hand.
import os
import signal
import socket
import sys
import threading
import time

server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", 7878))
server.listen(5)
print("Server", os.getpid(), "listens")

def serve(conn):
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    print("Process", os.getpid(), "has a client", flush=True)
    threading.Thread(target=talk, args=(conn,), daemon=True).start()
    for line in conn.makefile("r", encoding="utf-8", errors="replace"):
        print("Client:", line.rstrip(), flush=True)
    # keep the log for later
    time.sleep(600)
    os._exit(0)

def talk(conn):
    for line in sys.stdin:
        conn.sendall(line.encode())

while True:
    conn, addr = server.accept()
    if os.fork() == 0:
        serve(conn)
    conn.close()
