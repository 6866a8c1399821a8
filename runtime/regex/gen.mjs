// Writes tables.bin: every Unicode property that an ECMAScript regular expression can name, as V8's own engine answers it.
// Run with: node gen.mjs
//
// Format, repeated to the end of the file: one byte of kind ('g' General_Category, 's' Script, 'x' Script_Extensions where it
// differs from Script, 'b' binary), a byte of length and that many bytes of comma-separated names, the count of ranges as a
// uvarint, then for each range the gap since the end of the previous one and its length less one, both as uvarints.
import { writeFileSync } from 'node:fs';

const categories = `Cased_Letter,LC Close_Punctuation,Pe Connector_Punctuation,Pc Control,Cc,cntrl Currency_Symbol,Sc
Dash_Punctuation,Pd Decimal_Number,Nd,digit Enclosing_Mark,Me Final_Punctuation,Pf Format,Cf Initial_Punctuation,Pi Letter,L
Letter_Number,Nl Line_Separator,Zl Lowercase_Letter,Ll Mark,M,Combining_Mark Math_Symbol,Sm Modifier_Letter,Lm Modifier_Symbol,Sk
Nonspacing_Mark,Mn Number,N Open_Punctuation,Ps Other,C Other_Letter,Lo Other_Number,No Other_Punctuation,Po Other_Symbol,So
Paragraph_Separator,Zp Private_Use,Co Punctuation,P,punct Separator,Z Space_Separator,Zs Spacing_Mark,Mc Surrogate,Cs Symbol,S
Titlecase_Letter,Lt Unassigned,Cn Uppercase_Letter,Lu`;

const binaries = `ASCII ASCII_Hex_Digit,AHex Alphabetic,Alpha Any Assigned Bidi_Control,Bidi_C Bidi_Mirrored,Bidi_M Case_Ignorable,CI
Cased Changes_When_Casefolded,CWCF Changes_When_Casemapped,CWCM Changes_When_Lowercased,CWL Changes_When_NFKC_Casefolded,CWKCF
Changes_When_Titlecased,CWT Changes_When_Uppercased,CWU Dash Default_Ignorable_Code_Point,DI Deprecated,Dep Diacritic,Dia Emoji
Emoji_Component,EComp Emoji_Modifier,EMod Emoji_Modifier_Base,EBase Emoji_Presentation,EPres Extended_Pictographic,ExtPict
Extender,Ext Grapheme_Base,Gr_Base Grapheme_Extend,Gr_Ext Hex_Digit,Hex IDS_Binary_Operator,IDSB IDS_Trinary_Operator,IDST
ID_Continue,IDC ID_Start,IDS Ideographic,Ideo Join_Control,Join_C Logical_Order_Exception,LOE Lowercase,Lower Math
Noncharacter_Code_Point,NChar Pattern_Syntax,Pat_Syn Pattern_White_Space,Pat_WS Quotation_Mark,QMark Radical Regional_Indicator,RI
Sentence_Terminal,STerm Soft_Dotted,SD Terminal_Punctuation,Term Unified_Ideograph,UIdeo Uppercase,Upper Variation_Selector,VS
White_Space,space XID_Continue,XIDC XID_Start,XIDS`;

const scripts = `Adlam,Adlm Ahom Anatolian_Hieroglyphs,Hluw Arabic,Arab Armenian,Armn Avestan,Avst Balinese,Bali Bamum,Bamu
Bassa_Vah,Bass Batak,Batk Bengali,Beng Beria_Erfe,Berf Bhaiksuki,Bhks Bopomofo,Bopo Brahmi,Brah Braille,Brai
Buginese,Bugi Buhid,Buhd Canadian_Aboriginal,Cans Carian,Cari Caucasian_Albanian,Aghb Chakma,Cakm Cham Cherokee,Cher
Chorasmian,Chrs Common,Zyyy Coptic,Copt,Qaac Cuneiform,Xsux Cypriot,Cprt Cypro_Minoan,Cpmn Cyrillic,Cyrl Deseret,Dsrt
Devanagari,Deva Dives_Akuru,Diak Dogra,Dogr Duployan,Dupl Egyptian_Hieroglyphs,Egyp Elbasan,Elba Elymaic,Elym
Ethiopic,Ethi Garay,Gara Georgian,Geor Glagolitic,Glag Gothic,Goth Grantha,Gran Greek,Grek Gujarati,Gujr
Gunjala_Gondi,Gong Gurmukhi,Guru Gurung_Khema,Gukh Han,Hani Hangul,Hang Hanifi_Rohingya,Rohg Hanunoo,Hano Hatran,Hatr
Hebrew,Hebr Hiragana,Hira Imperial_Aramaic,Armi Inherited,Zinh,Qaai Inscriptional_Pahlavi,Phli
Inscriptional_Parthian,Prti Javanese,Java Kaithi,Kthi Kannada,Knda Katakana,Kana Kawi Kayah_Li,Kali Kharoshthi,Khar
Khitan_Small_Script,Kits Khmer,Khmr Khojki,Khoj Khudawadi,Sind Kirat_Rai,Krai Lao,Laoo Latin,Latn Lepcha,Lepc Limbu,Limb
Linear_A,Lina Linear_B,Linb Lisu Lycian,Lyci Lydian,Lydi Mahajani,Mahj Makasar,Maka Malayalam,Mlym Mandaic,Mand
Manichaean,Mani Marchen,Marc Masaram_Gondi,Gonm Medefaidrin,Medf Meetei_Mayek,Mtei Mende_Kikakui,Mend
Meroitic_Cursive,Merc Meroitic_Hieroglyphs,Mero Miao,Plrd Modi Mongolian,Mong Mro,Mroo Multani,Mult Myanmar,Mymr
Nabataean,Nbat Nag_Mundari,Nagm Nandinagari,Nand New_Tai_Lue,Talu Newa Nko,Nkoo Nushu,Nshu Nyiakeng_Puachue_Hmong,Hmnp
Ogham,Ogam Ol_Chiki,Olck Ol_Onal,Onao Old_Hungarian,Hung Old_Italic,Ital Old_North_Arabian,Narb Old_Permic,Perm
Old_Persian,Xpeo Old_Sogdian,Sogo Old_South_Arabian,Sarb Old_Turkic,Orkh Old_Uyghur,Ougr Oriya,Orya Osage,Osge
Osmanya,Osma Pahawh_Hmong,Hmng Palmyrene,Palm Pau_Cin_Hau,Pauc Phags_Pa,Phag Phoenician,Phnx Psalter_Pahlavi,Phlp
Rejang,Rjng Runic,Runr Samaritan,Samr Saurashtra,Saur Sharada,Shrd Shavian,Shaw Siddham,Sidd Sidetic,Sidt
SignWriting,Sgnw Sinhala,Sinh Sogdian,Sogd Sora_Sompeng,Sora Soyombo,Soyo Sundanese,Sund Sunuwar,Sunu Syloti_Nagri,Sylo
Syriac,Syrc Tagalog,Tglg Tagbanwa,Tagb Tai_Le,Tale Tai_Tham,Lana Tai_Viet,Tavt Tai_Yo,Tayo Takri,Takr Tamil,Taml
Tangsa,Tnsa Tangut,Tang Telugu,Telu Thaana,Thaa Thai Tibetan,Tibt Tifinagh,Tfng Tirhuta,Tirh Todhri,Todr
Tolong_Siki,Tols Toto Tulu_Tigalari,Tutg Ugaritic,Ugar Unknown,Zzzz Vai,Vaii Vithkuqi,Vith Wancho,Wcho Warang_Citi,Wara
Yezidi,Yezi Yi,Yiii Zanabazar_Square,Zanb`;

const everything = (() => {
  const parts = [];
  for (let c = 0; c <= 0x10ffff; c++) if (c < 0xd800 || c > 0xdfff) parts.push(String.fromCodePoint(c));
  return parts.join('');
})();

// runs gives the ranges of code points that the escape matches, or undefined when the engine doesn't know the name.
function runs(escape) {
  let all, one;
  try {
    all = new RegExp(`[${escape}]+`, 'gu');
    one = new RegExp(`^${escape}$`, 'u');
  } catch {
    return undefined;
  }
  const ranges = [];
  const add = (lo, hi) => {
    const last = ranges.at(-1);
    if (last && last[1] + 1 === lo) last[1] = hi;
    else ranges.push([lo, hi]);
  };
  for (const m of everything.matchAll(all)) {
    const lo = m[0].codePointAt(0);
    const end = m[0].charCodeAt(m[0].length - 1);
    const hi = end >= 0xdc00 && end <= 0xdfff ? m[0].codePointAt(m[0].length - 2) : end;
    if (lo < 0xd800 && hi > 0xdfff) {
      add(lo, 0xd7ff);
      add(0xe000, hi);
    } else add(lo, hi);
  }
  if (one.test('\ud800')) ranges.push([0xd800, 0xdfff]);
  ranges.sort((a, b) => a[0] - b[0]);
  const merged = [];
  for (const r of ranges) {
    const last = merged.at(-1);
    if (last && last[1] + 1 === r[0]) last[1] = r[1];
    else merged.push([...r]);
  }
  return merged;
}

const out = [];
const uvarint = (n) => {
  while (n >= 128) {
    out.push((n & 127) | 128);
    n = Math.floor(n / 128);
  }
  out.push(n);
};
function write(kind, names, ranges) {
  out.push(kind.charCodeAt(0), names.length, ...Buffer.from(names));
  uvarint(ranges.length);
  let at = 0;
  for (const [lo, hi] of ranges) {
    uvarint(lo - at);
    uvarint(hi - lo);
    at = hi + 1;
  }
}

for (const names of categories.split(/\s+/)) write('g', names, runs(`\\p{gc=${names.split(',')[0]}}`));
for (const names of binaries.split(/\s+/)) write('b', names, runs(`\\p{${names.split(',')[0]}}`));
for (const names of scripts.split(/\s+/)) {
  const name = names.split(',')[0];
  const sc = runs(`\\p{sc=${name}}`);
  if (!sc) continue;
  const scx = runs(`\\p{scx=${name}}`);
  write('s', names, sc);
  if (JSON.stringify(sc) !== JSON.stringify(scx)) write('x', names, scx);
}
writeFileSync(new URL('tables.bin', import.meta.url), Uint8Array.from(out));
console.error(`Unicode ${process.versions.unicode}: ${out.length} bytes`);
