import { Command } from 'commander';

export function wiresharkCommand(): Command {
  const wireshark = new Command('wireshark')
    .description("Puts servchat's dissector and a profile (columns, colours, filter buttons) into Wireshark's personal folder.")
    .addHelpText(
      'after',
      `
Examples:
  $ servchat wireshark install
  $ wireshark -C servchat captures/plaintext.pcap
  $ servchat wireshark uninstall`,
    );
  wireshark.addCommand(
    new Command('install').description('Puts both there, or updates them. What is not ours is left as it is.').action(async () => {
      const { install } = await import('./run-wireshark.js');
      if (!install()) process.exitCode = 1;
    }),
  );
  wireshark.addCommand(
    new Command('uninstall').description('Takes away what install put there. What was changed since is left as it is.').action(async () => {
      const { uninstall } = await import('./run-wireshark.js');
      uninstall();
    }),
  );
  wireshark.addCommand(
    new Command('where').description('Says where they go, and what is there now.').action(async () => {
      const { where } = await import('./run-wireshark.js');
      where();
    }),
  );
  return wireshark;
}
