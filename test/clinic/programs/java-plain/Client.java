// Chat in Java with readLine and println: plaintext, a line for each message. Its lines are all right.
import java.io.*;
import java.net.*;

public class Client {
    public static void main(String[] args) throws IOException {
        Socket socket = new Socket("127.0.0.1", 6666);
        System.out.println("Connected");
        BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), "UTF-8"));
        PrintWriter out = new PrintWriter(new OutputStreamWriter(socket.getOutputStream(), "UTF-8"), true);
        BufferedReader keyboard = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        PrintStream screen = new PrintStream(System.out, true, "UTF-8");

        new Thread(() -> {
            try {
                String line;
                while ((line = in.readLine()) != null && !line.equals("Over")) {
                    screen.println("Server: " + line);
                }
            } catch (IOException e) {
                screen.println(e);
            }
            System.exit(0);
        }).start();

        String text;
        while ((text = keyboard.readLine()) != null) {
            out.println(text);
            if (text.equals("Over")) System.exit(0);
        }
    }
}
