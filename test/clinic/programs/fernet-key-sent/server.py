# Encrypted chat with Fernet. The server makes a key and sends it to the client as it is, so everybody who listens has it.
import socket
import threading
from cryptography.fernet import Fernet

key = Fernet.generate_key()
fernet = Fernet(key)

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(('0.0.0.0', 5555))
server.listen(1)
print('Server started, waiting for client...')
client, addr = server.accept()
print(f'{addr} connected')
client.send(key)

def receive():
    while True:
        try:
            message = fernet.decrypt(client.recv(4096)).decode()
            print('Client: ' + message)
        except Exception as e:
            print('An error occurred!', repr(e))
            client.close()
            break

def write():
    while True:
        message = input('')
        client.send(fernet.encrypt(message.encode()))

threading.Thread(target=receive).start()
threading.Thread(target=write).start()
