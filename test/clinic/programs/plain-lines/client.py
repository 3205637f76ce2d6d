# Chat client with a line for each message. The lines are all right, but they go in plaintext.
import os
import socket
import threading

conn = socket.create_connection(('localhost', 5001))
file_in = conn.makefile('r', encoding='utf-8', errors='replace')
out = conn.makefile('w', encoding='utf-8')

def listen():
    for line in file_in:
        line = line.rstrip('\n')
        print('> ' + line)
        if line == 'bye':
            break
    print('The chat is over')
    os._exit(0)

threading.Thread(target=listen, daemon=True).start()

print('Connected, say something (bye to end)')
while True:
    text = input()
    out.write(text + '\n')
    out.flush()
    if text == 'bye':
        break
