/** What is wrong with a chapter, with its file and line. */
export class ChapterError extends Error {
  override readonly name = 'ChapterError';
}
