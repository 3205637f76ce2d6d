/** As much of the `fernet` package (0.3.3) as is used. `@types/fernet` describes another version. */
declare module 'fernet' {
  interface Secret {
    readonly signingKeyHex: string;
  }
  interface Token {
    /** @throws Error for a wrong HMAC, and for a text that is not UTF-8. */
    decode(): string;
    /** A token that holds `message`. An empty one gives the message before it again. */
    encode(message: string): string;
  }
  const fernet: {
    /** 32 bytes as base64 or base64url. */
    readonly Secret: new (base64: string) => Secret;
    /** `ttl` in seconds, 60 unless given. With `ttl: 0` a token has no age, and may come from the future. */
    readonly Token: new (options: { readonly secret: Secret; readonly token?: string; readonly ttl?: number }) => Token;
  };
  export default fernet;
}
