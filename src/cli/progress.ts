/** Shows how far a long run has come: a bar on standard error, only at a terminal. */
export interface Progress {
  step(): void;
  stop(): void;
}

export async function progressBar(what: string, total: number): Promise<Progress> {
  if (!process.stderr.isTTY) return { step: () => undefined, stop: () => undefined };
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    format: `${what} {bar} {value}/{total}, {duration_formatted}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    clearOnComplete: true,
    stream: process.stderr,
  });
  bar.start(total, 0);
  return {
    step: () => {
      bar.increment();
    },
    stop: () => {
      bar.stop();
    },
  };
}
