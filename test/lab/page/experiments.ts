/** Two experiments, written by hand, and a run of the first. */
import type { Course, Experiment } from '../../../src/lab/experiments/experiment.js';
import { RECORDED } from './recorded.js';
import type { Numbered } from '../../../src/lab/events.js';

const CHOICES = [
  'The server shows the changed message, and nobody notices.',
  'The server refuses it: the check does not fit.',
  'The server shows it, and says that something is wrong.',
] as const;
const REASONS = [
  'In plaintext it would. Here a check follows each token, and you cannot compute it.',
  '',
  'A message that was changed is never shown: the server cannot know what it said.',
] as const;

export const EXPERIMENTS: readonly Experiment[] = [
  {
    name: 'change-it-encrypted',
    title: 'Change it in encrypted mode',
    setting: { mode: 'encrypted', integrity: 'hmac-sha256-seq', attack: null, insists: false },
    holds: 'everything',
    introduction: [
      {
        kind: 'paragraph',
        content: ['You can flip any bit of a message. You cannot read it. ', { mark: 'emphasis', text: 'Then what?' }],
      },
    ],
    question: {
      id: 'lab/change-it-encrypted',
      asked: 'You flip one bit of a sealed message. What happens?',
      kind: 'choice',
      choices: CHOICES,
      key: { accepts: [CHOICES[1]], reasons: REASONS },
    },
    asked: ['You flip one bit of a ', { mark: 'code', text: 'MESSAGE' }, '. What happens?'],
    choices: CHOICES.map((content, at) => ({ content: [content], reason: [REASONS[at] ?? ''] })),
    words: ['check'],
    steps: [
      ['Say something as the client.'],
      [
        'It waits. Choose its row, look inside the ',
        { mark: 'word', text: 'token', word: 'token' },
        ', and flip a bit.',
      ],
      ['Pass it on, and look at the server.'],
    ],
    hints: [
      [{ kind: 'paragraph', content: ['Each bit is a button, below the bytes.'] }],
      [{ kind: 'lines', lines: ['MESSAGE <token> <check>'] }],
    ],
    guess: 'piece',
    goals: ['The server refuses a message because of its check.'],
    see: [{ kind: 'paragraph', content: ['The server shows nothing. It says that the check does not fit.'] }],
    explanation: [
      { kind: 'paragraph', content: ['The check covers every byte of the token. Only the two sides have its key.'] },
      {
        kind: 'list',
        items: [['Look at '], [{ mark: 'link', text: 'RFC 2104', to: 'https://www.rfc-editor.org/rfc/rfc2104' }]],
      },
    ],
  },
  {
    name: 'how-long',
    title: 'How long is it?',
    setting: null,
    holds: 'nothing',
    introduction: [],
    question: {
      id: 'lab/how-long',
      asked: 'How many bytes has it?',
      kind: 'number',
      choices: [],
      key: { accepts: ['16'], reasons: [] },
    },
    asked: ['How many bytes has it?'],
    choices: [],
    words: [],
    steps: [],
    hints: [],
    guess: 'text',
    goals: ['A guess is right.'],
    see: [],
    explanation: [],
  },
];

export const COURSE: Course = {
  experiments: EXPERIMENTS,
  words: [
    { name: 'check', says: ['what shows whether a message was changed'] },
    { name: 'token', says: ['a sealed message, as in ', { mark: 'code', text: 'gAAAA' }] },
  ],
};

/** The recorded run, as a solution of the first experiment. */
export const SOLVED: readonly Numbered[] = [
  ...RECORDED.slice(0, 1),
  { number: 1.25, at: 0, event: { type: 'experiment', name: 'change-it-encrypted' } },
  {
    number: 1.5,
    at: 0,
    event: { type: 'goal', experiment: 'change-it-encrypted', met: false, missing: EXPERIMENTS[0]!.goals },
  },
  ...RECORDED.slice(1),
  { number: 1000, at: 4000, event: { type: 'goal', experiment: 'change-it-encrypted', met: true, missing: [] } },
].map(({ at, event }, index) => ({ number: index + 1, at, event }) as Numbered);
