# Chat server with a line for each message. The lines are all right, but they go in plaintext.
import os
import socket
import threading

PORT = 5001

server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(('', PORT))
server.listen(5)
print('Waiting on port', PORT)

out = None

def keyboard():
    while True:
        text = input()
        if out:
            out.write(text + '\n')
            out.flush()
        if text == 'bye':
            os._exit(0)

threading.Thread(target=keyboard, daemon=True).start()

while True:
    conn, addr = server.accept()
    print('New client', addr[0])
    try:
        file_in = conn.makefile('r', encoding='utf-8', errors='replace')
        out = conn.makefile('w', encoding='utf-8')
        for line in file_in:
            line = line.rstrip('\n')
            print('> ' + line)
            if line == 'bye':
                os._exit(0)
    except OSError as e:
        print('Connection lost:', e)
    out = None
    print('Client left')
