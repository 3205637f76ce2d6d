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
    int on = 1;
    struct sockaddr_in address = {0};
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = INADDR_ANY;
    address.sin_port = htons(PORT);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("bind");
        return 1;
    }
    listen(listener, 5);
    printf("Server is listening on port %d\n", PORT);
    int sock = accept(listener, NULL, NULL);
    printf("Client connected\n");
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
            printf("Client: %s\n", buffer);
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
    close(listener);
    return 0;
}
