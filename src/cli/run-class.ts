/** `lesson --class`: for each student, makes a conversation, plays and captures it, and asks questions about it. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { describeFileError } from '../file-error.js';
import { makeFolder, systemError, writeOutput } from '../files/output-file.js';
import { play, type Recording } from '../demo/play.js';
import { inspectCapture } from '../eavesdropper/inspect.js';
import { tryStream } from '../demo/two-sends.js';
import { conversationFor, unknownConversationFor } from '../lesson/class/conversation.js';
import type { Question } from '../lesson/class/question.js';
import { formatAnswerKeys, type Keyed, type StudentKey } from '../lesson/class/answer-keys.js';
import { questionsFor, type UnknownChat } from '../lesson/class/questions.js';
import { readRoster, type Student } from '../lesson/class/roster.js';
import { answerKey, questionSheet } from '../lesson/class/sheets.js';
import { studentPage } from '../lesson/class/student-page.js';
import { gatherLesson } from '../lesson/gather.js';
import type { StreamRun } from '../lesson/lesson.js';
import { runId } from '../lesson/run-id.js';
import { printable } from '../printable.js';
import type { Mode } from '../protocol/modes.js';
import { readBytes } from './files.js';
import { progressBar } from './progress.js';
import { COMMAND } from './options.js';

const PROGRAM = fileURLToPath(new URL('main.js', import.meta.url));
/** Do not hand this out: it opens the encrypted captures. */
const TEACHER = 'teacher';

interface ClassOptions {
  readonly seed: string;
  readonly out: string;
}

interface StudentsQuestions {
  readonly questions: readonly Question[];
  /** The id of the run that they are about. */
  readonly run: string;
}

export async function lessonForClass(roster: string, { seed, out }: ClassOptions): Promise<void> {
  const { students, notes } = readRoster(readBytes(roster, 'class list'));
  for (const note of notes) process.stderr.write(`servchat: ${printable(note)}\n`);
  makeFolders(out, students);
  const stream = await tryStream([]);
  const bar = await progressBar('students', students.length);
  const all: ({ student: Student } & StudentsQuestions)[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < students.length; at = next++) {
      const student = students[at];
      if (student === undefined) return;
      all[at] = { student, ...(await oneStudent(student, { seed, out }, stream)) };
      bar.step();
    }
  };
  try {
    await Promise.all(Array.from({ length: os.availableParallelism() }, work));
  } finally {
    bar.stop();
  }
  const answers = path.join(out, TEACHER, 'answers.md');
  writeOutput({ path: answers, ifThere: 'refuse' }, answerKey(seed, all));
  const keys = path.join(out, TEACHER, 'answers.json');
  writeOutput({ path: keys, ifThere: 'refuse' }, formatAnswerKeys({ students: all.map(studentKey) }));
  process.stdout.write(
    `A folder for each of ${students.length} in ${out}, with three captures, and questions.html and questions.md\nAnswers and keys, only for the teacher: ${path.join(out, TEACHER)}\n`,
  );
}

/**
 * Makes a new folder for each student. Students may already have the old ones, and may have written in them, so we
 * never
 * replace one.
 *
 * @throws Error in one line where a folder is already there or cannot be made. Then it makes none.
 */
function makeFolders(out: string, students: readonly Student[]): void {
  const folders = [TEACHER, ...students.map(({ folder }) => folder)].map((name) => path.join(out, name));
  const there = folders.find((folder) => fs.lstatSync(folder, { throwIfNoEntry: false }) !== undefined);
  try {
    if (there !== undefined) throw systemError('EEXIST', there);
    makeFolder(out);
    // makeFolder would accept an existing folder. Here, if two people make the same class at the same time, one must
    // fail.
    for (const folder of folders) fs.mkdirSync(folder);
  } catch (error) {
    const { code, path: folder = out } = error as NodeJS.ErrnoException;
    const why =
      code === 'EEXIST'
        ? 'it is already there, and students may have the tasks that belong to it; choose another folder with --out'
        : describeFileError(error);
    throw new Error(`Cannot make the folder ${printable(folder)}: ${why}`, { cause: error });
  }
}

async function oneStudent(
  student: Student,
  { seed, out }: ClassOptions,
  stream: StreamRun,
): Promise<StudentsQuestions> {
  const directory = path.join(out, student.folder);
  const script = conversationFor(seed, student.name);
  const record = (mode: Mode): Promise<Recording> =>
    play({ program: PROGRAM, script, mode, directory, captureWith: 'tap', port: 0 });
  const plaintext = await record('plaintext');
  const encrypted = await record('encrypted');
  hideKeys(encrypted, path.join(out, TEACHER, student.folder));
  const lesson = await gatherLesson({
    captures: [plaintext, encrypted].map(({ capture, captured }) => ({ file: capture, captured })),
    keyLog: null,
    privateKey: null,
    attacks: null,
    stream,
    command: COMMAND,
  });
  const questions = questionsFor(lesson, await unknownChat(student, { seed, out }), seed, student.name);
  writeOutput({ path: path.join(directory, 'questions.md'), ifThere: 'refuse' }, questionSheet(student, questions));
  const run = runId(lesson);
  writeOutput(
    { path: path.join(directory, 'questions.html'), ifThere: 'refuse' },
    studentPage(student, questions, run),
  );
  return { questions, run };
}

function studentKey({ student, questions, run }: { readonly student: Student } & StudentsQuestions): StudentKey {
  const isKeyed = (compared: Question['compared']): compared is Keyed => (compared?.key ?? null) !== null;
  return { ...student, run, questions: questions.map(({ compared }) => compared).filter(isKeyed) };
}

/** Played in another folder, because the files of a mode always have the same names. */
async function unknownChat({ name, folder }: Student, { seed, out }: ClassOptions): Promise<UnknownChat> {
  const said = unknownConversationFor(seed, name);
  const directory = fs.mkdtempSync(path.join(out, TEACHER, 'unknown-'));
  const recording = await play({
    program: PROGRAM,
    script: said,
    mode: 'encrypted',
    directory,
    captureWith: 'tap',
    port: 0,
  });
  hideKeys(recording, path.join(out, TEACHER, `${folder}.unknown`));
  const capture = path.join(out, folder, 'unknown.pcap');
  fs.renameSync(recording.capture, capture);
  fs.rmSync(directory, { recursive: true });
  const { findings } = await inspectCapture(capture);
  const conversation = findings.conversations.find(({ mode }) => mode === 'encrypted');
  if (conversation === undefined)
    throw new Error(`Cannot make the questions: ${printable(capture)} holds no encrypted chat`);
  return { conversation, said };
}

/** @param base the beginning of each key's path. */
function hideKeys({ keyLog, privateKey }: Recording, base: string): void {
  for (const secret of [keyLog, privateKey])
    if (secret !== null) fs.renameSync(secret, `${base}.${path.basename(secret)}`);
}
