/**
 * Which letters can be words of a language. The sentences are in languages of many families, typed without marks, as
 * people do where the keyboard has none.
 */
import { describe, expect, test } from '@jest/globals';
import { isPerhapsNoLanguage } from '../../../src/eavesdropper/disguises/letter-pairs.js';

const SENTENCES: Readonly<Record<string, string>> = {
  English: 'meet me at the old bridge tomorrow morning at eight and bring the map with you, please',
  Finnish: 'hei, tavataan huomenna aamulla vanhalla sillalla kello kahdeksan, ota kartta mukaan, kiitos paljon',
  Hungarian: 'szia, holnap reggel nyolckor talalkozunk a regi hidnal, hozd magaddal a terkepet, koszonom szepen',
  Turkish: 'merhaba, yarin sabah saat sekizde eski koprude bulusalim, haritayi da yaninda getir lutfen, tesekkurler',
  Polish: 'czesc, spotkajmy sie jutro rano o osmej przy starym moscie i wez ze soba mape, dziekuje bardzo',
  Czech: 'ahoj, sejdeme se zitra rano v osm hodin u stareho mostu a vezmi si s sebou mapu, diky moc',
  Welsh: 'bore da, wnawn ni gwrdd wrth yr hen bont bore fory am wyth, a dewch chi a map gyda chi os gwelwch yn dda',
  Irish: 'dia duit, buailfimid le cheile ag an seandroichead maidin amarach ag a hocht, tabhair leat an leabhar',
  Basque: 'kaixo, bihar goizean zortzietan zubi zaharrean elkartuko gara, ekarri mapa zurekin, eskerrik asko',
  Estonian: 'tere, kohtume homme hommikul kell kaheksa vana silla juures, palun vota kaart kaasa, suur tanu sulle',
  Latvian: 'sveiki, tiksimies rit no rita astonos pie veca tilta, lud zu panem lidzi karti, liels paldies tev',
  Albanian: 'tungjatjeta, takohemi neser ne mengjes ne ora tete tek ura e vjeter, sille harten me vete, faleminderit',
  Vietnamese: 'xin chao, sang mai tam gio chung ta gap nhau o cau cu nhe, nho mang theo ban do, cam on ban nhieu',
  Indonesian: 'halo, besok pagi jam delapan kita bertemu di jembatan tua ya, tolong bawa petanya, terima kasih banyak',
  Tagalog: 'kumusta, magkita tayo bukas ng umaga alas otso sa lumang tulay at dalhin mo ang mapa, maraming salamat',
  Swahili: 'habari, tukutane kesho asubuhi saa mbili kwenye daraja la zamani, tafadhali lete ramani, asante sana',
  Zulu: 'sawubona, sizohlangana kusasa ekuseni ngo eyisishiyagalombili ebhulohweni elidala, uphathe ibalazwe',
  Yoruba: 'bawo ni, a o pade ni owuro ola ni aago mejo lori afara atijo, jowo mu aworan ilu naa wa, o se pupo',
  Hindi: 'namaste, kal subah aath baje purane pul par milte hain aur naksha saath mein lana, bahut dhanyavaad',
  Tamil: 'vanakkam, naalai kaalai ettu manikku pazhaya paalathil santhippom, varaipadathai kondu vaarungal, nandri',
  Pinyin: 'ni hao, women mingtian zaoshang ba dian zai lao qiao jianmian, qing ba ditu dai lai, xiexie ni',
  Japanese: 'ohayou, ashita no asa hachiji ni furui hashi de aimashou, chizu wo motte kite kudasai, arigatou',
  Korean: 'annyeonghaseyo, naeil achim yeodeolsie oraedoen dari eseo mannayo, jidoreul gajyeowa juseyo, gamsahamnida',
  Russian: 'privet, vstretimsya zavtra utrom v vosem u starogo mosta, vozmi s soboy kartu, bolshoe spasibo tebe',
  Arabic: 'marhaba, naltaqi ghadan sabahan fi al saa al thamina inda al jisr al qadim, ahdir al kharita, shukran',
  Greek: 'kalimera, tha vrethoume avrio to proi stis okto stin palia gefyra, fere kai ton charti, efcharisto poly',
  Hawaiian: 'aloha, e halawai kakou i ke kakahiaka apopo ma ke alahaka kahiko, e lawe mai i ka palapala aina, mahalo',
  Esperanto: 'saluton, ni renkontigu morgau matene je la oka ce la malnova ponto, kunportu la mapon, dankon al vi',
};

/** A key of random letters, from one that is no word. */
function vigenere(text: string, key: string): string {
  let at = 0;
  return text.replace(/[a-z]/g, (letter) => {
    const shift = key.charCodeAt(at++ % key.length) - 97;
    return String.fromCharCode(97 + ((letter.charCodeAt(0) - 97 + shift) % 26));
  });
}

const judged = (text: string): boolean => isPerhapsNoLanguage(Buffer.from(text), 0, Buffer.byteLength(text));

describe.each(Object.entries(SENTENCES))('%s', (_, sentence) => {
  test('is a language', () => {
    expect(judged(sentence)).toBe(false);
  });

  test('of 20 keys of Vigenère, nearly all leave letters that are none', () => {
    const keys = Array.from({ length: 20 }, (__, index) =>
      Array.from({ length: 3 + (index % 6) }, (___, at) =>
        String.fromCharCode(97 + ((7 * index + 11 * at + 3) % 26)),
      ).join(''),
    );
    expect(keys.filter((key) => judged(vigenere(sentence, key))).length).toBeGreaterThanOrEqual(18);
  });
});

test.each([
  'mov eax, ebx; xor ecx, ecx; jnz loop; push ebp; call printf; pop edi; lea esi; ret; cmp; jmp; nop; sub; add',
  'ls, cd, pwd, mkdir, chmod, chown, grep, awk, sed, cat, mv, cp, rm, ssh, scp, tar, gzip, wget, curl, ps, kill',
  'USER anonymous PASS guest SYST FEAT PWD TYPE PASV LIST RETR readme CWD pub STOR MKD NLST ABOR QUIT',
  'alfa bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa quebec',
  'the quick brown fox jumps over the lazy dog; pack my box with five dozen liquor jugs; judge my vow, sphinx',
  '/usr/share/doc/python3-html5lib/README.rst and /var/lib/dpkg/info/libxkbcommon-x11-0.symbols, /etc/xdg/x',
  'SELECT name, age FROM students WHERE class = 7 ORDER BY name GROUP BY age HAVING COUNT(*) > 3 LIMIT 10;',
])('%s: is no cipher', (text) => {
  expect(judged(text)).toBe(false);
});
