# Encrypted chat with Fernet. The server makes a key and sends it to the client as it is, so everybody who listens has it.
import socket
import threading
from cryptography.fernet import Fernet

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect(('127.0.0.1', 5555))
key = client.recv(1024)
fernet = Fernet(key)
print('Got the key, the chat is secure now')

def receive():
    while True:
        try:
            message = fernet.decrypt(client.recv(4096)).decode()
            print('Server: ' + message)
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
