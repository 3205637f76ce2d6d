/**
 * The words that are used most, in some languages of Europe. They tell whether a text that came out of a toy cipher is
 * a text: letters alone would not.
 */

const WORDS = `
the of and to in is it you that he was for on are with as his they be at one have this from or had by hot but some what
there we can out other were all your when up use how said an each she which do their time if will way about many then
them would write like so these her long make thing see him two has look more day could go come did my no most who over
know than call first may down side been now find any new work part take get place made where after back only me our
under name very just form much think say help line before right too does tell want well also here not why ask went need
try again point good morning evening night hello hi hey bye goodbye thanks thank please yes okay ok meet nice great
friend love secret message world today tomorrow tonight yesterday people home old test lunch dinner money password
attack dawn key plan send sent wait sure maybe sorry am i'm it's don't let next week house school class teacher student

der die das und ist nicht ich du er sie es wir ihr ein eine einen einem einer zu den dem des mit auf für von im in an
als auch sich dass wie noch nur aber wenn dann war hat haben habe sind bin bist wird werden kann kannst aus bei nach
über so oder um mich dich mir dir uns wo was wer warum heute morgen gestern hallo guten tag abend danke bitte ja nein
gut sehr schon mal hier da geht gehen kommen komme treffen uhr zeit schule haus immer wieder alles nichts mein dein
sein kein keine zum zur tschüss grüße

le la les de des du un une et est en que qui dans pour pas plus par sur avec ce cette ces il elle je tu nous vous ils
elles au aux mais ou où son sa ses mon ma mes ton ta tes ne se si tout tous bien être avoir fait suis sommes êtes sont
ai as avons avez ont était comme quand très aussi bonjour salut merci oui non demain soir matin aujourd'hui voir faire
aller vais rendez peut chez rien bon bonne école

el los las del una uno unos que por con para como más pero sus este esta son fue hay muy todo todos también cuando
donde quien sin sobre entre hasta desde nos yo tú él ella ellos nosotros usted soy eres somos está estoy están tengo
tiene hola adiós gracias mañana noche días buenos buenas hoy ayer bien mal qué cómo sí amigo casa escuela hacer ir voy

il lo gli uno della del dei delle che per non più come sono sei siamo siete ma anche questo questa ho hai ha abbiamo
hanno era ciao grazie domani oggi ieri sera buongiorno bene male molto tutto tutti quando dove chi cosa perché casa
scuola amico nel nella alla al dal con su io noi voi loro mio tuo suo vediamo

o os um uma do da dos das em no na nos nas para com não mais mas ele ela eles você nós eu meu seu sua como foi ser
tem são está isso muito também olá obrigado amanhã hoje noite bom boa dia sim onde quando quem porque casa escola

de het een en van ik je dat niet is met op voor zijn er maar om hem dan zou wat mijn men dit zo door over ze bij ook
tot naar heb hoe heeft hebben deze u want nog zal me zij nu geen omdat iets worden toch al waren veel meer doen toen
moet ben zonder kan hun dus alles onder ja werd wie hallo dag morgen goed bedankt
`;

const WORD = /[\p{L}]+(?:'[\p{L}]+)?/gu;

export const ALL_WORDS: ReadonlySet<string> = new Set(WORDS.match(WORD) ?? []);
/** A longer word is not in the list. */
const LONGEST = Math.max(...[...ALL_WORDS].map((word) => word.length));

/**
 * By length: how much a word of the list counts, as a natural logarithm. It is the share of words of a text that are in
 * the list, a half, over the share of all rows of so many letters that are.
 */
const COUNTS = countsByLength();
/** And a word that is not. */
const MISSED = Math.log(0.55);

function countsByLength(): readonly number[] {
  const listed = new Array<number>(LONGEST + 1).fill(0);
  for (const word of ALL_WORDS) listed[word.length] = (listed[word.length] ?? 0) + 1;
  // Letters are not equally frequent: those rows that words are made of are some 2^length times as many.
  return listed.map((count, length) =>
    length < 2 ? 0 : Math.min(8, Math.max(0, Math.log(0.45 / Math.min(1, (count * 2 ** length) / 26 ** length)))),
  );
}

export interface WordsFound {
  /** The logarithm of the odds that it is a text and not letters in any order. */
  readonly nats: number;
  /** Different words of the list, of two letters or more. */
  readonly different: number;
  /** The share of the letters that stand in words of the list. */
  readonly share: number;
}

/** Looks up the words of a text; the same word counts once. */
export function wordsIn(text: string): WordsFound {
  const found = new Set<string>();
  let nats = 0;
  let [letters, inWords] = [0, 0];
  // Messages without line ends stand one behind the other, and mostly begin with a capital.
  const apart = text.replace(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ');
  for (const [word] of apart.toLowerCase().matchAll(WORD)) {
    letters += word.length;
    if (word.length < 2) continue;
    if (!ALL_WORDS.has(word)) {
      nats += MISSED;
      continue;
    }
    inWords += word.length;
    if (found.has(word)) continue;
    found.add(word);
    nats += COUNTS[word.length] ?? 0;
  }
  return { nats, different: found.size, share: letters === 0 ? 0 : inWords / letters };
}
