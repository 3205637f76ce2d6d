/** Stack traces as the interpreters write them. */
import { describe, expect, test } from '@jest/globals';

import { hasStackTrace, withoutStackTraces } from '../../src/clinic/stack-trace.js';

const SAID = 'Otter swims in the river';

const TRACES: readonly (readonly [string, string])[] = [
  [
    'Python',
    `Traceback (most recent call last):
  File "/tmp/server.py", line 9, in <module>
    raise ValueError("${SAID}")
ValueError: ${SAID}`,
  ],
  [
    'Python, after another error',
    `Traceback (most recent call last):
  File "a.py", line 2, in f
    int("${SAID}")
    ~~~^^^^^
ValueError: invalid literal: '${SAID}'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "a.py", line 4, in <module>
    f()
RuntimeError: ${SAID}`,
  ],
  [
    'Node, in what it has read',
    `undefined:1
{"text":"${SAID}"}{"text":"${SAID}"}
                   ^

SyntaxError: Unexpected token { in JSON at position 19
    at JSON.parse (<anonymous>)
    at Socket.<anonymous> (/tmp/server.cjs:10:26)
    at Socket.emit (node:events:524:28)

Node.js v20.20.2`,
  ],
  [
    'Node, in its source',
    `/tmp/server.cjs:3
  throw new Error('${SAID}');
  ^

Error: ${SAID}
    at Object.<anonymous> (/tmp/server.cjs:3:9)
    at node:internal/main/run_main_module:36:49

Node.js v20.20.2`,
  ],
  [
    'Java',
    `Exception in thread "main" java.lang.IllegalStateException: ${SAID}
\tat Server.main(Server.java:7)
\tat java.base/java.lang.reflect.Method.invoke(Method.java:580)
Caused by: java.io.EOFException
\tat java.base/java.io.DataInputStream.readFully(DataInputStream.java:210)
\t... 1 more`,
  ],
  ['Java, caught', `java.net.SocketException: Connection reset\n\tat Client.run(Client.java:20)`],
  [
    'Go',
    `panic: ${SAID}

goroutine 1 [running]:
main.main()
\t/tmp/main.go:6 +0x2c
exit status 2`,
  ],
  [
    'Rust',
    `thread 'main' panicked at src/main.rs:4:31:
called \`Result::unwrap()\` on an \`Err\` value: "${SAID}"
note: run with \`RUST_BACKTRACE=1\` environment variable to display a backtrace`,
  ],
];

describe('what a trace quotes is not shown', () => {
  test.each(TRACES)('%s', (name, trace) => {
    expect(hasStackTrace(trace)).toBe(true);
    const left = withoutStackTraces(`Client: before\n${trace}\n${name === 'Go' ? '' : 'Client: after\n'}`);
    expect(left).not.toContain(SAID);
    expect(left).toContain('Client: before');
    if (name !== 'Go') expect(left).toContain('Client: after');
  });
});

test.each([
  `Client: ${SAID}\nYou: `,
  `[12:04:31] client: ${SAID}`,
  `Connected to 127.0.0.1:5000\n${SAID}\n`,
  `Client: see you at the bridge\n  at noon\nClient: ${SAID}`,
  `Error: ${SAID}`,
  `panic: ${SAID}`,
  `Server: the Exception at Client.java:20`,
])('a chat has none: %j', (screen) => {
  expect(hasStackTrace(screen)).toBe(false);
});
