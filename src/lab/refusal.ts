/** Why the server does not answer a request. The message is one sentence for a person. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  /** @param status an HTTP status (RFC 9110, section 15). */
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}
