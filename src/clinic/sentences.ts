/**
 * What is typed. Each sentence is said once in a check, so what is shown of it can only come from there. They begin
 * differently, because some programs cut a message off. They hold only letters, digits and spaces: a program may take
 * any other sign for something of its own.
 */
const WHO = [
  ...['Otter', 'Heron', 'Badger', 'Walrus', 'Magpie', 'Gecko', 'Lynx', 'Puffin', 'Tapir', 'Weasel', 'Ibis', 'Moose'],
  ...['Zebra', 'Falcon', 'Jackal', 'Koala', 'Newt', 'Quail', 'Raven', 'Salmon', 'Turtle', 'Viper', 'Yak', 'Beetle'],
];
const DOES = ['swims in the river', 'sleeps under a tree', 'walks over the hill', 'waits at the bridge'];

/** The sentence with this number, from 0. */
export function sentence(number: number): string {
  const who = WHO[number % WHO.length] ?? '';
  const does = DOES[number % DOES.length] ?? '';
  const round = Math.floor(number / WHO.length);
  return `${who}${round === 0 ? '' : ` ${round}`} ${does}`;
}
