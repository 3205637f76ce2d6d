import { Command } from 'commander';

export function wiresharkCommand(): Command {
  const wireshark = new Command('wireshark')
    .description(
      "Puts servchat's dissector and a profile (columns, colours, filter buttons) into Wireshark's personal folder.",
    )
    .addHelpText(
      'after',
      `
Examples:
  $ servchat wireshark install
  $ wireshark -C servchat captures/plaintext.pcap
  $ servchat wireshark uninstall`,
    );
  wireshark.addCommand(
    new Command('install')
      .description('Installs both, or updates them. It leaves files alone that are not from servchat.')
      .action(async () => {
        const { install } = await import('./run-wireshark.js');
        if (!install()) process.exitCode = 1;
      }),
  );
  wireshark.addCommand(
    new Command('uninstall')
      .description('Removes what install put there. It leaves files alone that were changed since.')
      .action(async () => {
        const { uninstall } = await import('./run-wireshark.js');
        uninstall();
      }),
  );
  wireshark.addCommand(
    new Command('where').description('Shows where they go, and what is there now.').action(async () => {
      const { where } = await import('./run-wireshark.js');
      where();
    }),
  );
  return wireshark;
}
