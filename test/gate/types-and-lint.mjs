/**
 * `npm run lint`: the errors of TypeScript and of ESLint, from one program. ESLint's rules need the types of the whole
 * source, and so does tsc. Run separately, each would check all of it.
 *
 *     node test/gate/types-and-lint.mjs [FILE...]
 *
 * With files, it checks the types of all files, but runs ESLint only on these.
 */
import { ESLint } from 'eslint';
import process from 'node:process';
import ts from 'typescript';

const files = process.argv.slice(2);

function programOf(configFile) {
  const host = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
    },
  };
  const { fileNames, options, errors } = ts.getParsedCommandLineOfConfigFile(configFile, {}, host);
  return ts.createProgram({ rootNames: fileNames, options, configFileParsingDiagnostics: errors });
}

function typeErrors(program) {
  const diagnostics = ts.sortAndDeduplicateDiagnostics(ts.getPreEmitDiagnostics(program));
  const format = process.stdout.isTTY ? ts.formatDiagnosticsWithColorAndContext : ts.formatDiagnostics;
  return format(diagnostics, {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: ts.sys.getCurrentDirectory,
    getNewLine: () => '\n',
  });
}

/** Uses `eslint.config.js` as it is, except that the types come from these programs. */
async function lintErrors(programs) {
  const eslint = new ESLint({
    overrideConfig: [{ files: ['**/*.ts'], languageOptions: { parserOptions: { projectService: false, programs } } }],
  });
  const results = await eslint.lintFiles(files.length === 0 ? ['.'] : files);
  const formatter = await eslint.loadFormatter('stylish');
  const hasFailed = results.some(({ errorCount, warningCount }) => errorCount + warningCount > 0);
  return hasFailed ? await formatter.format(results) : '';
}

// The page in the browser has the DOM, and everything else has Node. A small project has no page.
const programs = ['tsconfig.json', 'src/lab/page/tsconfig.json']
  .filter((file) => ts.sys.fileExists(file))
  .map(programOf);
const problems = [...programs.map(typeErrors), await lintErrors(programs)].filter((text) => text !== '');
for (const text of problems) process.stdout.write(`${text}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
