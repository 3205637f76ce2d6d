/** The layout of the code, as .editorconfig has it for every editor. */
export default { printWidth: 120, singleQuote: true };
