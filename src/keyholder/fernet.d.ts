/** The part of the `fernet` package (0.3.3) that we use. `@types/fernet` describes another version. */
declare module 'fernet' {
  interface Secret {
    readonly signingKeyHex: string;
  }
  interface Token {
    /** @throws Error for a wrong HMAC, and for a text that is not UTF-8. */
    decode(): string;
    /** Makes a token that contains `message`. For an empty message, the package uses the message before it again. */
    encode(message: string): string;
  }
  const fernet: {
    /** 32 bytes as base64 or base64url. */
    readonly Secret: new (base64: string) => Secret;
    /**
     * `ttl` in seconds, 60 by default. With `ttl: 0`, the token's age is not checked, and it may come from the future.
     */
    readonly Token: new (options: { readonly secret: Secret; readonly token?: string; readonly ttl?: number }) => Token;
  };
  export default fernet;
}
