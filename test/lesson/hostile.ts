/** Texts that a page must show and never obey, and a generator of more of them. */
import fc from 'fast-check';

export const HOSTILE: readonly string[] = [
  '\x1b[2J\x1b]0;owned\x07',
  '\u009b31mred',
  '\u202eevil\u2066',
  'line one\nline two\r\n# heading',
  '| a | b |',
  'a \\| b \\\\| c',
  '`code` ``more`` ```',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '[click](javascript:alert(1)) ![x](http://evil.example/x.png)',
  '**bold** _em_ ~~gone~~ $math$ {{ liquid }}',
  '# heading',
  '- item',
  '~~~\n~~~~',
  '</code></td><h1>',
  '&lt;b&gt; &#60; &amp;',
  'https://evil.example www.evil.example me@evil.example',
  '',
  '   ',
  '\ud83d',
  '👨‍👩‍👧 🫠 漢字 '.repeat(30),
  'x'.repeat(3000),
];

/** Pieces that are dangerous together: markup, controls, marks, wide characters. */
const pieces = fc.constantFrom(
  ...['|', '\\', '`', '<', '>', '[', ']', '(', ')', '!', '*', '_', '~', '#', '&', '-', '+', ':', '"', "'", '$', '{', '}'],
  ...['\n', '\r', '\t', '\x1b[', '\x07', '\x7f', '\u009b', '\u202e', '\u2028', '\ufeff', '\ud800', '\udc00', '\u{e0041}'],
  ...['<script>', '</code>', '](', '```', '~~~', '&#60;', 'http://', 'www.', '😀', '🫠', '🇩🇪', '漢', 'e\u0301', '\u1100', '\u200d'],
  ...['a', 'word', ' ', '  ', 'aVeryLongWordThatDoesNotFitAnyColumnOfTheTable'],
);

export const hostileText = fc.oneof(
  fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(...HOSTILE),
);
