/** The document of `servchat check --format json`. Everything that a program has shown is in it as it was shown. */
import type { Check } from '../clinic/check.js';
import type { Finding } from '../clinic/finding.js';
import { QUESTIONS } from '../clinic/questions/questions.js';
import type { RecordedCheck } from '../clinic/recorded/check-capture.js';
import { jsonDocument } from './json-document.js';

/** Goes up when a field is renamed, removed or changes its meaning. A new field does not change it. */
const CHECK_VERSION = 1;
const FORMAT = 'servchat check';

/** One JSON document that ends in LF. */
export function checkJson({ pair, facts, terminal, findings, tookMs }: Check): string {
  const { server, client } = pair.parts;
  return jsonDocument({
    format: FORMAT,
    version: CHECK_VERSION,
    pair: { server: server.command, client: client.command, port: pair.port },
    way: facts.way,
    guide: facts.guide,
    isMoved: facts.isMoved,
    inPlace: facts.inPlace,
    manner: facts.manner,
    pauseMs: facts.pauseMs,
    terminal,
    tookMs: Math.round(tookMs),
    findings: findings.map(withQuestion),
  });
}

/** The same of a capture alone. */
export function recordedJson({ file, findings, traffic, notes, tookMs }: RecordedCheck): string {
  return jsonDocument({
    format: FORMAT,
    version: CHECK_VERSION,
    capture: file,
    tookMs: Math.round(tookMs),
    connections: traffic,
    notes,
    findings: findings.map(withQuestion),
  });
}

function withQuestion(finding: Finding): Finding & { readonly title: string; readonly chapter: string } {
  const { title, chapter } = QUESTIONS[finding.question];
  return { ...finding, title, chapter };
}
