// Writes testdata/oracle.json: what V8 answers for the patterns below on the strings below, to compare with.
// Run with: node oracle.mjs
import { mkdirSync, writeFileSync } from 'node:fs';

const patterns = [
  ['^\\p{L}+$', 'u'], ['^\\p{Lu}', 'u'], ['\\p{Letter}', 'u'], ['\\p{gc=Ll}', 'u'], ['^\\P{L}+$', 'u'], ['[\\p{L}\\d_-]+', 'u'],
  ['[^\\p{L}]', 'u'], ['[\\P{L}]', 'u'], ['[^\\P{L}]', 'u'], ['\\p{Script=Greek}', 'u'], ['\\p{sc=Cyrl}+', 'u'],
  ['\\p{scx=Deva}', 'u'], ['\\p{Script_Extensions=Latin}', 'u'], ['\\p{Emoji}', 'u'], ['\\p{Emoji_Presentation}', 'u'],
  ['\\p{Extended_Pictographic}', 'u'], ['\\p{RI}\\p{RI}', 'u'], ['\\p{Alphabetic}', 'u'], ['^\\p{ID_Start}\\p{ID_Continue}*$', 'u'],
  ['\\p{White_Space}', 'u'], ['\\p{ASCII}', 'u'], ['^\\p{Any}$', 'u'], ['^\\P{Any}$', 'u'], ['\\p{Assigned}', 'u'], ['\\p{Cn}', 'u'],
  ['\\p{Lu}', 'iu'], ['\\P{Lu}', 'iu'], ['[^\\p{Lu}]', 'iu'], ['(?<=\\p{L})\\d', 'u'], ['(?=\\p{L}).', 'gu'], ['(\\p{L})\\1', 'u'],
  ['^[^]$', 'u'], ['[]', 'u'], ['\\p{L}', ''], ['[\\p{L}]', ''], ['a-\\p{L}', 'u'], ['[a-c-\\p{L}]', 'u'], ['[a-\\p{L}]', 'u'],
  ['[\\p{L}-z]', 'u'], ['\\p{Nope}', 'u'], ['\\p{Script=Nope}', 'u'], ['\\p', 'u'], ['\\p{L', 'u'], ['\\P{}', 'u'], ['\\p{L}', 'uv'],
  ['^[\\p{L}--[a-z]]$', 'v'], ['^[\\p{L}&&\\p{ASCII}]$', 'v'], ['[[a-z]--[aeiou]]', 'v'], ['^[^\\d\\s]$', 'v'], ['[a--b]', 'v'],
  ['[a-z--b]', 'v'], ['[ab--b]', 'v'], ['[a--b&&c]', 'v'], ['[\\q{a|b}]', 'v'], ['[\\u{1F600}-\\u{1F64F}]', 'v'],
  ['[\\uD83D\\uDE00]', 'v'], ['[(]', 'v'], ['[a&&b]', 'v'], ['[a&&&b]', 'v'], ['[!!]', 'v'], ['[\\-\\]]', 'v'], ['[\\p{Lu}[0-9]]', 'v'],
  ['[^]', 'v'], ['^.$', 'u'], ['^.$', 'v'], ['\\p{Lu}', 'iv'], ['[z-a]', 'v'], ['[\\b\\x41\\cA]', 'v'], ['\\bfoo\\b', 'v'],
  ['\\p{Uppercase}', 'u'], ['\\p{Lowercase}', 'u'], ['\\p{Nd}', 'u'], ['\\p{Sc}', 'u'], ['\\p{P}', 'u'], ['\\p{Han}', 'u'],
  ['\\p{sc=Han}', 'u'], ['\\p{scx=Han}', 'u'], ['\\p{Cs}', 'u'], ['[\\p{Cs}]', 'u'], ['\\p{Z}', 'u'], ['[\\]\\p{Nd}]', 'u'], ['\\\\p', 'u'],
];
const strings = [
  '', 'a', 'A', 'é', 'É', 'ß', 'z', 'b', 'aB3', 'x1', 'α', 'Ω', 'ж', 'Ж', 'я1', 'अ', '१', '漢', '字', 'か', 'カ', '〇', '、', '😀', '👍🏽', '🇨🇭', '❤', '☺️',
  '1', '#', '_', '-', ' ', '\u00a0', '\u3000', '\u200d', '€', '$', '!', ']', '(', '&', '\n', '\ud800', '\udc00', '\u{20000}', '\u{10ffff}',
  '\u0378', 'p{L}', '\\p{L}', 'a-b', 'aa', 'K', 'ſ', 'İ', 'ı', '\b', '\u0001', 'foo', 'ǅ', '\u0964', '𝒜', '𐐀', '𐐨',
];
const cases = patterns.map(([source, flags]) => {
  try {
    const re = new RegExp(source, flags);
    return { source, flags, matches: strings.map((s) => s.match(re)?.[0] ?? null).map((m) => (m === null ? null : escape(m))) };
  } catch (e) {
    return { source, flags, error: e.message };
  }
});
mkdirSync(new URL('testdata', import.meta.url), { recursive: true });
const lines = cases.map((c) => '    ' + JSON.stringify(c));
writeFileSync(
  new URL('testdata/oracle.json', import.meta.url),
  `{\n  "strings": ${JSON.stringify(strings.map((s) => escape(s)))},\n  "cases": [\n${lines.join(',\n')}\n  ]\n}\n`,
);
