/**
 * The characters that are used most in Chinese, Japanese and Korean: they are some six in ten of a text, and of rows of
 * bytes that happen to be valid in one of the encodings only one in ten.
 */

const SIMPLIFIED = `
的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经
么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全
三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任
常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必
场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告
类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运吗吧呢啊请谢早晚吃饭忙怎车站帮助喜欢爱朋友班课考试昨午
星玩睡笑哈饿
`;
const TRADITIONAL = `
這個們來為國說時會對於著過發後裡種經麼學現當沒動還進樣開從實軍無與長機關點業將兩間問應戰頭體見產話給門東聲員解論處義條題別變
總電數報結務場計資統區隊決馬書則聽達強難權設記類據邊張該規萬領確傳師觀讓識帶導爭運嗎請謝飯車幫歡愛課試氣爾兒覺術認
`;
const KANA = `
あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをんがぎぐげござじずぜぞだでどばびぶべぼ
ぱぴぷぺぽぁぃぅぇぉっゃゅょアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンガギグゲゴ
ザジズゼゾダデドバビブベボパピプペポァィゥェォッャュョー
`;
const KANJI = `
日一国人年大十二本中長出三時行見月分後前生五間上東四今金九入学高円子外八六下来気小七山話女北午百書先名川千水半男西電校語土木聞
食車何南万毎白天母火右読友左休父雨会社私思言方手自事者地理合度力業員明駅忙新元
`;
const HANGUL = `
이다는에의을를가고하지도한은로사기나어자서인리대시해그것있수보들게아전정부주만제여일우면라과스구상장원소공동용요안녕세내네저너무금
까말씀감합니습오늘역데때문좋학교친집밥먹갈래볼없못했었겠든걸줄알모르중생각연조성경적관국화신물회방개
`;

function charactersOf(...lists: readonly string[]): ReadonlySet<string> {
  return new Set(lists.join('').match(/\S/gu));
}

interface Usual {
  readonly simplified: ReadonlySet<string>;
  readonly traditional: ReadonlySet<string>;
  readonly japanese: ReadonlySet<string>;
  readonly korean: ReadonlySet<string>;
}

let usual: Usual | null = null;

/** Made on first use: most captures do not need them. */
export function usualCharacters(): Usual {
  usual ??= {
    simplified: charactersOf(SIMPLIFIED),
    traditional: charactersOf(SIMPLIFIED, TRADITIONAL),
    japanese: charactersOf(KANA, KANJI),
    korean: charactersOf(HANGUL),
  };
  return usual;
}
