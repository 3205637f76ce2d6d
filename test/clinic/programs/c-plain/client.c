/* Chat in C with select: plaintext, and each recv is taken for one message. A long one is cut at 255 bytes. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT 8787

int main(void) {
    char buffer[256];
    struct sockaddr_in address = {0};
    int sock = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = inet_addr("127.0.0.1");
    address.sin_port = htons(PORT);
    if (connect(sock, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("connect");
        return 1;
    }
    printf("Connected to server\n");
    while (1) {
        fd_set set;
        FD_ZERO(&set);
        FD_SET(0, &set);
        FD_SET(sock, &set);
        select(sock + 1, &set, NULL, NULL, NULL);
        if (FD_ISSET(sock, &set)) {
            int n = recv(sock, buffer, 255, 0);
            if (n <= 0) break;
            buffer[n] = 0;
            printf("Server: %s\n", buffer);
            if (strcmp(buffer, "exit") == 0) break;
        }
        if (FD_ISSET(0, &set)) {
            int n = read(0, buffer, 255);
            if (n <= 0) break;
            if (buffer[n - 1] == '\n') n--;
            buffer[n] = 0;
            send(sock, buffer, n, 0);
            if (strcmp(buffer, "exit") == 0) break;
        }
    }
    close(sock);
    return 0;
}
