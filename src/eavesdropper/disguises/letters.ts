/**
 * How often each character stands in a text that a person wrote, by script. It tells text in another code page, or
 * shifted in the alphabet, from bytes that are none: each character counts for how much more likely it is in a text
 * than among random bytes, as a natural logarithm. A sum of these is the logarithm of the odds.
 */

export type Script =
  'western' | 'polish' | 'czech' | 'hungarian' | 'turkish' | 'cyrillic' | 'greek' | 'hebrew' | 'arabic' | 'thai';

/** The small letters, the most frequent first: of all languages of the script together. */
const LETTERS: Readonly<Record<Script, string>> = {
  western: 'enairtsoldhucmpgfbvkwyzjqx',
  polish: 'aoiezrnwsctkydpmulbjghfvxq',
  czech: 'oeantsilvrkdpumczhjybgfwxq',
  hungarian: 'eatlnskzromigdvybhjupfcwxq',
  turkish: 'aeinrlkdmtsuybozhgcvpfjwxq',
  cyrillic: 'оеаинтсрвлкмдіпуьыязгбчйхжюшцщєїфэъёґ',
  greek: 'αιετονσκρηπςυίμδλθωέάήόγχύφώβξζψϊϋ',
  hebrew: 'יוהלאתברמשנדכםעחפקןסגזטצךףץ',
  arabic: 'البيمونتركعدةسفحهقجأشصطخىضإذزغثءظئآؤ',
  thai: 'านรก่อเ้งมยิลีวดัทสตะปบคหแุจู์พื็ชขใไโผซธถศณฟภษญำฐๆ',
};

/** Letters with a mark, of a script whose other letters are those of ASCII. */
const MARKED: Partial<Readonly<Record<Script, string>>> = {
  western: 'éäüöóáàíçñ¿¡èßúêãåæøôâîõïëûùœìò',
  polish: 'łąężóśćńź',
  czech: 'áíéěčšžřýůúťóďňäôľćđ',
  hungarian: 'áéőöóüíúű',
  turkish: 'ışüöğçâîû',
};

/** Whether most of its letters are those of ASCII. */
export function isLatin(script: Script): boolean {
  return MARKED[script] !== undefined;
}

/** The shares of a text's characters. */
const SHARE = {
  space: 0.16,
  lineEnd: 0.02,
  capitals: 0.05,
  marked: 0.04,
  signs: 0.06,
  digits: 0.02,
  others: 0.02,
} as const;
/** The share of the letters of ASCII in a text of another script, which names things and people. */
const FOREIGN = 0.06;
/** Each letter is so much rarer than the one before it in the list. */
const DECAY = 0.91;
const SIGNS = `.,?!'-:;()"/`;
/** Any character that is printed, and is none of these. */
const RAREST = 2e-5;

export type Likelihood = ReadonlyMap<string, number>;

const known = new Map<Script, Likelihood>();

/** Returns the share of each character in a text; those that are not in it have {@link LEAST_SHARE}. */
export function likelihoodIn(script: Script): Likelihood {
  const made = known.get(script) ?? makeLikelihood(script);
  known.set(script, made);
  return made;
}
export const LEAST_SHARE = RAREST;

function makeLikelihood(script: Script): Likelihood {
  const shares = new Map<string, number>();
  const add = (characters: string, total: number, decay = 1): void => {
    const all = Array.from(characters);
    const weights = all.map((_, rank) => decay ** rank);
    const sum = weights.reduce((before, weight) => before + weight, 0);
    for (const [index, character] of all.entries())
      shares.set(character, (shares.get(character) ?? 0) + (total * (weights[index] ?? 0)) / sum);
  };
  const marked = MARKED[script];
  const { space, lineEnd, capitals, signs, digits, others } = SHARE;
  const small = 1 - space - lineEnd - capitals - signs - digits - others - (isLatin(script) ? SHARE.marked : FOREIGN);
  add(' ', space);
  add('\n', lineEnd * 0.7);
  add('\r\t', lineEnd * 0.3);
  add(LETTERS[script], small, DECAY);
  add(LETTERS[script].toUpperCase(), capitals, DECAY);
  if (marked === undefined) add(LETTERS.western, FOREIGN, DECAY);
  else {
    add(marked, SHARE.marked * 0.95, DECAY);
    add(Array.from(marked, upperCase).join(''), SHARE.marked * 0.05, DECAY);
  }
  add(SIGNS, signs, DECAY);
  add('0123456789', digits);
  add('«»“”„‘’–—…€°§£¿¡·´½©®™ºª№%&+=*#@<>_[]{}$|~^`\\', others);
  return shares;
}

/** Of one character that stays one. */
function upperCase(character: string): string {
  const upper = character.toUpperCase();
  return upper.length === character.length ? upper : '';
}

/** For each byte of a code page: how much it counts for a text. Bytes that are not printed never stand in one. */
export function countsFor(characters: readonly (string | null)[], script: Script): Float64Array {
  const shares = likelihoodIn(script);
  return Float64Array.from(characters, (character) =>
    character === null ? -Infinity : Math.log(256 * (shares.get(character) ?? RAREST)),
  );
}
