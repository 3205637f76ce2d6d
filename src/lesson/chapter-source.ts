/** A chapter's file, or the glossary's. */
export interface Source {
  /** The file's name, `NN-name.md`, for messages and for the chapter's address in the report. */
  readonly file: string;
  readonly text: string;
}
